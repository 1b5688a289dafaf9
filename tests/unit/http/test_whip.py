"""WHIP: one sendonly video by the token of its own call, and nothing left of what is refused."""

import aiohttp
import pytest

from orchestrator.calls.commands import Claim, End
from orchestrator.domain.funnel import EndedBy
from orchestrator.domain.ids import CallId, CentralId, DeviceId, GuestId, SeatId
from orchestrator.domain.sdp import ice_credentials
from orchestrator.identity.grants import CallerGrant, GuestGrant, OperatorGrant
from tests.doubles.janus import FakeJanus
from tests.doubles.nodes import Node
from tests.doubles.sdp import browser_offer

SDP, FRAGMENT = "application/sdp", "application/trickle-ice-sdpfrag"
OFFER = browser_offer()


def token(node: Node, call: CallId, device: str = "phone") -> str:
    """Issue a caller's token."""
    return node.site.tokens.issue(CallerGrant(call=call, device=DeviceId(device), publish=False), 60)


def headers(token: str, content_type: str = SDP, **more: str) -> dict[str, str]:
    """Return the headers of a WHIP request."""
    return {"Authorization": f"Bearer {token}", "Content-Type": content_type, **more}


async def publish(phone: aiohttp.ClientSession, node: Node, call: CallId) -> tuple[str, str]:
    """Open a session; return its location and tag."""
    async with phone.post(f"/api/v1/whip/{call}", data=OFFER, headers=headers(token(node, call))) as answer:
        assert answer.status == 201
        return answer.headers["Location"], answer.headers["ETag"]


async def test_a_session_opens_and_closes(node: Node, phone: aiohttp.ClientSession, janus: FakeJanus) -> None:
    """A session is made, found at its location, and closed once."""
    call = (await node.call()).id
    async with phone.post(f"/api/v1/whip/{call}", data=OFFER, headers=headers(token(node, call))) as answer:
        assert answer.status == 201
        assert answer.content_type == SDP
        body = await answer.text()
        assert "a=recvonly" in body
        assert "x-google-start-bitrate" in body
        location = answer.headers["Location"]
    assert len(janus.rooms["plass-1"].publishers) == 1
    for status in (200, 404):
        async with phone.delete(location, headers=headers(token(node, call))) as answer:
            assert answer.status == status
    assert not janus.handles


@pytest.mark.parametrize(
    "refused",
    [
        (OFFER.replace("m=video", "m=audio"), SDP, 422),
        (OFFER + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n", SDP, 422),
        (OFFER + OFFER[OFFER.index("m=video") :], SDP, 422),
        (OFFER + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n", SDP, 422),
        (OFFER.replace("sendonly", "recvonly"), SDP, 422),
        (OFFER.replace("sendonly", "sendrecv"), SDP, 422),
        (OFFER.replace("a=sendonly", "a=inactive"), SDP, 422),
        ("v=0", SDP, 422),
        ("garbage", SDP, 400),
        ("", SDP, 400),
        (b"\xff\xfe\x00", SDP, 400),
        ("v=0" + "x" * 70_000, SDP, 400),
        ("v=0" + "x" * 200_000, SDP, 413),
        (OFFER, "application/json", 400),
    ],
)
async def test_what_is_refused_leaves_nothing(
    node: Node,
    phone: aiohttp.ClientSession,
    janus: FakeJanus,
    refused: tuple[str | bytes, str, int],
) -> None:
    """Anything but one sendonly video is a 4xx that says why, and leaves no handle."""
    body, content_type, status = refused
    call = (await node.call()).id
    async with phone.post(
        f"/api/v1/whip/{call}", data=body, headers=headers(token(node, call), content_type)
    ) as answer:
        assert answer.status == status
        assert answer.content_type == "application/problem+json"
        problem = await answer.json()
        assert problem["status"] == status
        assert problem["detail"]
    assert not janus.rooms.get("plass-1") or not janus.rooms["plass-1"].publishers
    assert janus.count("videoroom.joinandconfigure") == 0


async def test_only_the_calls_own_token_publishes(
    node: Node, phone: aiohttp.ClientSession, janus: FakeJanus
) -> None:
    """Tokens of another call or role, expired, revoked, forged or missing ones are refused."""
    call, other = (await node.call()).id, (await node.call("plass-2")).id
    tokens = node.site.tokens
    seat = OperatorGrant(user="a", name="A", central=CentralId("amk-demo"), seat=SeatId("plass-1"))
    good = token(node, call)
    await node.ask(End(other, EndedBy.SYSTEM))
    expected = {
        token(node, CallId("x" * 22)): 403,
        tokens.issue(seat, 60): 403,
        tokens.issue(GuestGrant(call=call, guest=GuestId("g" * 22)), 60): 403,
        good[:-4] + "AAAA": 401,
        "": 401,
        "a.b.c": 401,
    }
    for bearer, status in expected.items():
        async with phone.post(f"/api/v1/whip/{call}", data=OFFER, headers=headers(bearer)) as answer:
            assert answer.status == status, bearer
    async with phone.post(f"/api/v1/whip/{other}", data=OFFER, headers=headers(token(node, other))) as answer:
        assert answer.status == 401
    async with phone.post(f"/api/v1/whip/{call}", data=OFFER, headers={"Content-Type": SDP}) as answer:
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert janus.count("videoroom.joinandconfigure") == 0


async def test_a_second_device_is_told(node: Node, phone: aiohttp.ClientSession) -> None:
    """Once a device has the call no other may publish."""
    call = (await node.call()).id
    await node.ask(Claim(call, DeviceId("phone")))
    async with phone.post(
        f"/api/v1/whip/{call}", data=OFFER, headers=headers(token(node, call, "other"))
    ) as answer:
        assert answer.status == 409


async def test_tags(node: Node, phone: aiohttp.ClientSession) -> None:
    """A PATCH needs the current tag: 428 without, 412 with another, 204 for a trickle, 200 for a restart."""
    call = (await node.call()).id
    location, tag = await publish(phone, node, call)
    bearer = token(node, call)
    ufrag, pwd = ice_credentials(OFFER) or ("", "")
    same = f"a=ice-ufrag:{ufrag}\r\na=ice-pwd:{pwd}\r\n"
    fresh = f"a=ice-ufrag:new1\r\na=ice-pwd:{pwd}\r\n"

    async def patch(body: str, **more: str) -> tuple[int, str | None]:
        async with phone.patch(location, data=body, headers=headers(bearer, FRAGMENT, **more)) as answer:
            return answer.status, answer.headers.get("ETag")

    assert await patch(same) == (428, None)
    assert await patch(same, **{"If-Match": '"x"'}) == (412, None)
    assert await patch(same, **{"If-Match": tag}) == (204, tag)
    status, new = await patch(fresh, **{"If-Match": tag})
    assert status == 200
    assert new not in (None, tag)
    assert await patch(fresh, **{"If-Match": tag}) == (412, None)
    assert (await patch(same, **{"If-Match": "*"}))[0] == 200
    assert (await patch("", **{"If-Match": "*"}))[0] == 400


async def test_options(node: Node, phone: aiohttp.ClientSession) -> None:
    """What may be posted can be asked for, without a token."""
    async with phone.options(f"/api/v1/whip/{'x' * 22}") as answer:
        assert answer.status == 204
        assert answer.headers["Accept-Post"] == SDP
