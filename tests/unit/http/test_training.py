"""The simulation room over HTTP: for who is signed in, framed by itself alone, judged where it is an exercise."""

import aiohttp
import pytest

from tests.doubles.nodes import Node
from tests.unit.http.conftest import SignIn
from tests.unit.http.test_calls import start, status

PAGES = (
    *("/training", "/training/bleeding", "/training/bleeding/instructor", "/training/bleeding?instructor"),
    "/training/course/steer",
)
FRAMED = ("/training/bleeding/console", "/training/bleeding/phone/K7M4RX")


@pytest.mark.parametrize("path", PAGES)
async def test_the_room_is_for_who_is_signed_in(
    phone: aiohttp.ClientSession, operator: aiohttp.ClientSession, path: str
) -> None:
    """Others get the sign-in; no other site has the room in a frame."""
    async with phone.get(path) as answer:
        assert 'data-testid="sign-in-password"' in await answer.text()
    async with operator.get(path) as answer:
        assert answer.status == 200
        assert ("ØVELSE" in await answer.text()) == ("course" not in path)
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", FRAMED)
async def test_what_the_room_frames_is_framed_by_it_alone(
    phone: aiohttp.ClientSession, operator: aiohttp.ClientSession, path: str
) -> None:
    """Console and phone are true pages, and may be in a frame of this site's."""
    assert await status(phone, "GET", path) == 401
    async with operator.get(path) as answer:
        assert answer.status == 200
        assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
        text = await answer.text()
    assert ('data-testid="start-video"' if "console" in path else 'data-testid="caller-start"') in text
    async with operator.get("/training/bleeding") as answer:
        assert "frame-src 'self'" in answer.headers["Content-Security-Policy"]


async def test_what_is_not_there_is_not_found(operator: aiohttp.ClientSession) -> None:
    """A scenario that is not, and a code that can not be one."""
    for path in (
        "/training/nothing",
        "/training/nothing/console",
        "/training/bleeding/phone/0",
        "/training/course/no",
    ):
        assert await status(operator, "GET", path) == 404


async def test_the_true_callers_page_is_no_drawing(phone: aiohttp.ClientSession) -> None:
    """A caller's own page has nothing of the scripted one's."""
    async with phone.get("/v/K7M4RX") as answer:
        assert "actor.js" not in await answer.text()


async def test_an_exercise_is_judged(operator: aiohttp.ClientSession) -> None:
    """By the call's own steps, and by what the page says was done."""
    call = await start(operator, exercise=True)
    act = {"at": int(str(call["now"])) + 5000, "act": "voice:press"}
    body = {"scenario": "bleeding", "acts": [act]}
    async with operator.post(f"/api/v1/calls/{call['id']}/feedback", json=body) as answer:
        assert answer.status == 200
        said = await answer.json()
    assert said["to_picture"] is None
    assert [goal["outcome"] for goal in said["goals"]] == ["done", *["missed"] * 4]
    assert said["goals"][0]["seconds"] >= 5


async def test_only_exercises_are_judged_and_only_for_who_led_them(
    operator: aiohttp.ClientSession, sign_in: SignIn, phone: aiohttp.ClientSession
) -> None:
    """A true call is never judged, and nobody else's exercise is."""
    call = await start(operator)
    path = f"/api/v1/calls/{call['id']}/feedback"
    body = {"scenario": "bleeding", "acts": []}
    assert await status(operator, "POST", path, json=body) == 403
    assert await status(phone, "POST", path, json=body) == 401
    assert await status(await sign_in("plass-2"), "POST", path, json=body) == 404
    assert await status(operator, "POST", path, json={"scenario": "x", "acts": []}) == 404
    assert (
        await status(operator, "POST", path, json={"scenario": "bleeding", "acts": [{"at": -1, "act": ""}]})
        == 400
    )
    assert await status(operator, "POST", path, json=body, headers={"Origin": "https://evil.example"}) == 403


async def test_exercises_are_counted_nowhere_and_marked(
    node: Node, operator: aiohttp.ClientSession, phone: aiohttp.ClientSession
) -> None:
    """No step, trouble or end of an exercise is in the metrics; the caller is told that it is one."""
    call = await start(operator, exercise=True)
    async with phone.post(f"/api/v1/invitations/{call['code']}/open", json={}) as answer:
        assert (await answer.json())["exercise"] is True
    await operator.delete(f"/api/v1/calls/{call['id']}")
    assert await _counted(operator) == {"requested": 0, "opened": 0, "ended": 0}
    other = await start(operator)
    async with phone.post(f"/api/v1/invitations/{other['code']}/open", json={}) as answer:
        assert (await answer.json())["exercise"] is False
    await operator.delete(f"/api/v1/calls/{other['id']}")
    assert await _counted(operator) == {"requested": 1, "opened": 1, "ended": 1}


async def _counted(session: aiohttp.ClientSession) -> dict[str, int]:
    async with session.get("/metrics") as answer:
        lines = (await answer.text()).splitlines()
    counts = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    series = 'klarsyn_funnel_step_seconds_count{{step="{}"}}'
    ended = sum(float(n) for name, n in counts.items() if name.startswith("klarsyn_calls_ended_total"))
    steps = {step: int(float(counts[series.format(step)])) for step in ("requested", "opened", "ended")}
    assert ended == steps["ended"]
    return steps
