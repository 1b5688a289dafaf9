"""The emulated link on the real kernel: a namespace, two devices and packets between them."""

import asyncio
import os
import statistics
import time
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from bench.forwarder import NAME, run_ip
from bench.link import Link, LinkError
from bench.probe import ping, throughput
from bench.profiles import FOUR_G, LAN, Profile, Way

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or not Path("/dev/net/tun").exists(), reason="needs root and /dev/net/tun"
)


@pytest.fixture
async def link() -> AsyncIterator[Link]:
    """A fast link."""
    async with Link(LAN) as link:
        yield link


def namespaces() -> list[str]:
    """Return the names of the network namespaces of links."""
    return [line.split()[0] for line in run_ip("netns", "list").splitlines() if line.startswith(NAME)]


async def test_the_round_trip_and_the_rate_are_those_of_the_profile() -> None:
    """Pings see the delay of both ways and a TCP stream nearly the rate, each way."""
    async with Link(FOUR_G) as link:
        rtt = await ping(link.phone_address, count=10, interval=0.02)
        assert len(rtt) == 10
        assert 90 <= statistics.median(rtt) < 95
        assert 4_000 < await throughput(link, "up", 1.5) < 5_000
        assert 15_000 < await throughput(link, "down", 1.5) < 20_000


async def test_an_outage_lets_nothing_through_and_ends_by_itself(link: Link) -> None:
    """Echoes sent during it are lost, and the wait for it is as long as it is."""
    began = time.monotonic()
    async with asyncio.TaskGroup() as tasks:
        out = tasks.create_task(link.outage(0.6))
        lost = tasks.create_task(ping(link.phone_address, count=5, interval=0.05, patience=0.1))
    assert out.done()
    assert lost.result() == []
    assert 0.6 <= time.monotonic() - began < 0.9
    assert len(await ping(link.phone_address, count=3, interval=0.01)) == 3
    assert (await link.counters()).down.dropped_outage >= 5


async def test_the_profile_changes_while_the_link_is_up(link: Link) -> None:
    """A line that becomes slow shows its new delay at once."""
    assert statistics.median(await ping(link.phone_address, count=5, interval=0.01)) < 20
    slow = Way(delay_ms=100, rate_kbps=1000)
    await link.set(Profile(name="slow", up=slow, down=slow))
    assert 200 <= statistics.median(await ping(link.phone_address, count=5, interval=0.01)) < 220


async def test_the_phone_goes_to_another_address(link: Link) -> None:
    """The new address answers and the old one does not, with a time in between where it is asked for."""
    former = link.phone_address
    await link.move()
    assert link.phone_address != former
    assert len(await ping(link.phone_address, count=3, interval=0.01)) == 3
    assert await ping(former, count=2, interval=0.01, patience=0.1) == []
    began = time.monotonic()
    await link.move(gap=0.4)
    assert time.monotonic() - began >= 0.4
    assert len(await ping(link.phone_address, count=3, interval=0.01)) == 3
    addresses = run_ip("-n", link.namespace, "-4", "-brief", "address")
    assert addresses.count("198.18.") == 1
    assert link.phone_address in addresses


async def test_links_stand_beside_each_other() -> None:
    """Two links have namespaces and addresses of their own."""
    async with Link(LAN) as one, Link(LAN) as other:
        assert one.namespace != other.namespace
        assert await ping(one.phone_address, count=1, interval=0)
        assert await ping(other.phone_address, count=1, interval=0)


async def test_a_launcher_runs_a_program_on_the_phones_side(link: Link) -> None:
    """What is started by the launcher's path sees only the phone's address."""
    process = await asyncio.create_subprocess_exec(
        link.launcher("/sbin/ip"), "-4", "-brief", "address", stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert link.phone_address in said.decode()
    assert link.host_address not in said.decode()


async def test_nothing_is_left_when_the_link_ends() -> None:
    """The namespace, the devices and a process that still ran behind the link are gone."""
    async with Link(LAN) as link:
        device = f"klh{link.namespace.removeprefix(NAME)}"
        left = await asyncio.create_subprocess_exec(*link.command("sleep", "600"))
        assert device in run_ip("-brief", "link")
    assert await asyncio.wait_for(left.wait(), 5) < 0
    assert link.namespace not in namespaces()
    assert device not in run_ip("-brief", "link")
    with pytest.raises(LinkError):
        await link.counters()


async def test_a_killed_links_namespace_is_swept_by_the_next() -> None:
    """After SIGKILL its orders fail at once, and the next link takes the leftovers away."""
    async with Link(LAN) as link:
        assert link.forwarder_pid
        os.kill(link.forwarder_pid, 9)
        with pytest.raises(LinkError):
            await link.outage(5)
        assert link.namespace in namespaces()
        async with Link(LAN) as following:
            assert await ping(following.phone_address, count=1, interval=0)
        assert link.namespace not in namespaces()


async def test_a_wrong_profile_is_refused_before_anything_is_made() -> None:
    """A profile the forwarder cannot read ends in an error that says so."""
    with pytest.raises(LinkError, match="rate_kbps"):
        async with Link(msgspec.structs.replace(LAN, up=msgspec.structs.replace(LAN.up, rate_kbps="fast"))):
            pytest.fail("the link came up")
