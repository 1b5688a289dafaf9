"""What must not be published is refused by the running system, and leaves nothing in the real gateway."""

from pathlib import Path

import aiohttp

from tests.system.demo import Demo
from tests.system.gateway import GatewayCensus

_DATA = Path(__file__).parent.parent / "unit" / "domain" / "data"
_WARM = (_DATA / "chromium-warm.sdp").read_bytes()
_REFUSED = {
    "audio": (_DATA / "chromium-audio.sdp").read_bytes(),
    "data channel": (_DATA / "chromium-data.sdp").read_bytes(),
    "recvonly": (_DATA / "chromium-recvonly.sdp").read_bytes(),
    "sendrecv": (_DATA / "firefox-sendrecv.sdp").read_bytes(),
    "two videos": (_DATA / "chromium-two.sdp").read_bytes(),
    "garbage": b"\xff\xfegarbage",
    "nothing": b"",
    # These pass our own reading; the gateway is who refuses them.
    "no codec the room has": _WARM.replace(b"VP8/", b"XYZ/").replace(b"H264/", b"XYZ/"),
    "no fingerprint": b"\r\n".join(
        line for line in _WARM.splitlines() if not line.startswith(b"a=fingerprint")
    ),
}


async def test_refused_offers_leave_no_handle(demo_of_one: Demo, desk: aiohttp.ClientSession) -> None:
    """Each bad offer is a 4xx that says why; Janus then has the call's session and no handle in it."""
    census = GatewayCensus(demo_of_one.state)
    async with desk.post("/api/v1/calls", json={}) as answer:
        call = await answer.json()
    try:
        async with aiohttp.ClientSession(demo_of_one.url) as phone:
            async with phone.post(f"/api/v1/invitations/{call['code']}/open", json={}) as answer:
                opened = await answer.json()
            headers = {"Authorization": f"Bearer {opened['token']}", "Content-Type": "application/sdp"}
            for name, offer in _REFUSED.items():
                async with phone.post(opened["whip"], data=offer, headers=headers) as answer:
                    assert 400 <= answer.status < 500, name
                    assert answer.content_type == "application/problem+json", name
                    assert (await answer.json())["detail"], name
                assert [handles for handles in (await census.handles()).values() if handles] == [], name
            async with phone.post(opened["whip"], data=_WARM, headers=headers) as answer:
                assert answer.status == 201, "the same offer unspoilt is accepted"
            assert [len(handles) for handles in (await census.handles()).values()] == [1]
    finally:
        await desk.delete(f"/api/v1/calls/{call['id']}")
    assert await census.handles() == {}
