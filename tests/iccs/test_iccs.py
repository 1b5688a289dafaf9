"""What ICCS does, at a real node."""

import asyncio
import sys

import pytest

from orchestrator.calls.events import CallChanged, PhoneCallChanged, seat_topic
from orchestrator.domain.ids import SeatId
from tests.doubles.nodes import Node, hearing
from tests.iccs.client import Iccs, RefusedError

SEAT = SeatId("plass-1")


async def test_a_seat_is_told_whom_it_talks_to(node: Node, iccs: Iccs) -> None:
    """The number is there for the console to fill in, and goes when the phone is put down."""
    async with hearing(node.site.events, seat_topic(SEAT)) as heard:
        await iccs.talking(SEAT, "91 23 45 67")
        await heard.until(PhoneCallChanged, lambda told: told.phone == "+47 91 23 45 67")
        await iccs.hung_up(SEAT)
        await heard.until(PhoneCallChanged, lambda told: told.phone is None)


async def test_a_call_is_started_with_no_key_at_all(node: Node, iccs: Iccs) -> None:
    """The seat's console is shown it as if its key had been pressed; the message has gone out."""
    async with hearing(node.site.events, seat_topic(SEAT)) as heard:
        call = await iccs.start(SEAT, "91234567")
        told = await heard.until(CallChanged, lambda told: told.call.id == call["id"])
    assert (told.call.seat, told.call.phone) == (SEAT, "+47 91 23 45 67")
    await node.until(told.call.id, lambda state: state.sms is not None and state.sms.outcome == "delivered")
    assert (await iccs.state(call["id"]))["phase"] == "invited"
    assert (await iccs.end(call["id"]))["phase"] == "ended"


async def test_what_is_not_its_own_is_refused_with_what_to_do(iccs: Iccs) -> None:
    """Another central's seat, no seat, a number that is none."""
    for asked, problem in (
        (iccs.start("lv-1"), "forbidden"),
        (iccs.start("plass-9"), "seat-unknown"),
        (iccs.talking("lv-1", "91234567"), "forbidden"),
        (iccs.talking(SEAT, "12"), "phone-invalid"),
        (iccs.end("x" * 22), "call-unknown"),
    ):
        with pytest.raises(RefusedError, match=problem):
            await asked


async def test_it_can_be_played_by_hand(node: Node, token: str) -> None:
    """The command line does the same."""
    command = [sys.executable, "-m", "tests.iccs", "--url", node.url, "--token", token]
    async with hearing(node.site.events, seat_topic(SEAT)) as heard:
        talking = await asyncio.create_subprocess_exec(*command, "talking", SEAT, "91234567")
        assert await talking.wait() == 0
        await heard.until(PhoneCallChanged)
    refused = await asyncio.create_subprocess_exec(*command, "start", "lv-1", stderr=asyncio.subprocess.PIPE)
    assert b"forbidden" in (await refused.communicate())[1]
    assert refused.returncode == 1
