"""Words over the event sockets: shown in the caller's language, answered, acknowledged, and forgotten at the end."""

import aiohttp
import pytest

from tests.doubles.nodes import Node
from tests.unit.http.conftest import SignIn

from .test_events_socket import VIEWER, Socket, caller_token, connect, heard


async def says(socket: Socket, type: str, **fields: object) -> None:
    """Say something and wait until it is done."""
    await socket.send_json({"type": type, "id": 7, **fields})
    await heard(socket, "ok", id=7)


async def test_words_go_both_ways(
    node: Node, operator: aiohttp.ClientSession, phone: aiohttp.ClientSession
) -> None:
    """A phrase comes in the page's language and again after a reload; the phone has it; its answer is told."""
    call = (await node.call()).id
    console = await connect(operator, viewer=VIEWER)
    caller = await connect(phone, token=caller_token(node, call))
    assert (await heard(caller, "welcome"))["state"]["sentence"] is None
    await says(caller, "language", language="en")
    await says(console, "show", call=call, phrase="hold_still")
    told = await heard(caller, "state")
    while told["sentence"] is None:
        told = await heard(caller, "state")
    assert told["language"] is None
    assert told["sentence"] == {
        "number": 1, "text": "Hold the phone still.", "lang": "en", "pictogram": "phone",
    }  # fmt: skip
    await says(caller, "shown", number=1)
    await says(console, "language", call=call, language="nb")
    assert (await heard(caller, "state", language="nb"))["sentence"]["text"] == "Hold telefonen i ro."
    await says(
        caller, "language", language="en"
    )  # what the page happens to be in gives way to what was chosen
    again = await connect(phone, token=caller_token(node, call))
    assert (await heard(again, "welcome"))["state"]["sentence"]["text"] == "Hold telefonen i ro."
    await says(again, "text", answer="not_understood")
    await says(again, "text", text="Hva <b>nå</b>?")
    state = await node.read(call)
    assert state.shown is not None
    assert state.shown.acknowledged
    assert [(line.by, line.phrase, line.answer, line.text) for line in state.chat] == [
        ("operator", "hold_still", None, ""),
        ("caller", "", "not_understood", ""),
        ("caller", "", None, "Hva <b>nå</b>?"),
    ]
    await says(console, "show", call=call, card="cpr_adult")
    while (card := (await heard(again, "state"))["sentence"]).get("pulse") != 110:
        pass
    assert len(card["steps"]) == 4
    await says(console, "hide_shown", call=call)
    await heard(again, "state", sentence=None)
    await says(console, "end", call=call)
    stored = await node.site.store.calls.load(call)
    assert stored is not None
    assert stored.record.conversation.lines == ()
    for socket in (console, caller, again):
        await socket.close()


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "show"},
        {"type": "show", "phrase": "no_such"},
        {"type": "show", "text": ""},
        {"type": "show", "text": "x" * 201},
        {"type": "show", "phrase": "hold_still", "card": "choking"},
        {"type": "language", "language": "xx"},
        {"type": "language", "language": "../nb"},
    ],
)
async def test_what_can_not_be_said_is_refused(
    node: Node, operator: aiohttp.ClientSession, wrong: dict[str, str]
) -> None:
    """Bad words are a bad request, with a sentence, and change nothing."""
    call = (await node.call()).id
    console = await connect(operator, viewer=VIEWER)
    await console.send_json({**wrong, "call": call, "id": 3})
    refused = await heard(console, "problem")
    assert refused["problem"] == "bad-request"
    assert refused["detail"]
    assert (await node.read(call)).chat == ()
    await console.close()


async def test_only_who_leads_the_call_speaks(
    node: Node, sign_in: SignIn, phone: aiohttp.ClientSession
) -> None:
    """Another seat shows the caller nothing, and a device that has not got the call answers nothing."""
    call = (await node.call()).id
    other = await connect(await sign_in("plass-2"), viewer=VIEWER)
    await other.send_json({"type": "show", "call": call, "phrase": "hold_still", "id": 3})
    assert (await heard(other, "problem", id=3))["problem"] == "call-unknown"
    async with phone.post(f"/api/v1/invitations/{(await node.read(call)).code}/open", json={}) as answer:
        mine = await answer.json()
    async with phone.post(
        f"/api/v1/invitations/{(await node.read(call)).code}/claim",
        json={},
        headers={"Authorization": f"Bearer {mine['token']}"},
    ) as answer:
        assert answer.status == 200
    stranger = await connect(phone, token=caller_token(node, call, "another-device-of-them"))
    await says(stranger, "text", answer="yes")
    assert (await node.read(call)).chat == ()
    await other.close()
    await stranger.close()
