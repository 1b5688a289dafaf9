"""Training over HTTP: kept for who did it, shown to whom it concerns, and asked for before a central opens."""

from typing import Any

import aiohttp
import pytest

from orchestrator.domain.ids import CallId, CentralId
from orchestrator.onboarding.domain.steps import Step
from orchestrator.onboarding.domain.training import TrainingRecord
from tests.doubles.janus import FakeJanus
from tests.doubles.nodes import Node
from tests.doubles.orders import CENTRAL, PAGE, PASSWORD, pass_modules, post
from tests.doubles.orders import sign_in as try_sign_in
from tests.unit.calls.test_live import live
from tests.unit.http.conftest import SignIn
from tests.unit.http.test_onboarding import (
    SEAT,
    STEP,
    Open,
    accepted,
    operator_of,
    operator_of_role,
    start,
)

LV, AMK = CentralId(CENTRAL), CentralId("amk-demo")
FILL = "/centre/steps/training"


async def page_of(session: aiohttp.ClientSession, path: str, status: int = 200) -> str:
    """Return a page's text."""
    async with session.get(path, headers=PAGE) as answer:
        assert answer.status == status
        return await answer.text()


async def exercise(
    node: Node, janus: FakeJanus, session: aiohttp.ClientSession, *, picture: bool = True, **more: object
) -> None:
    """Make an exercise, and have it judged as the room does."""
    _, call = await start(session, exercise=True)
    if picture:
        await live(node, janus, CallId(call["id"]))
    await session.delete(f"/api/v1/calls/{call['id']}")
    body = {"scenario": "bleeding", "acts": [], **more}
    async with session.post(f"/api/v1/calls/{call['id']}/feedback", json=body) as answer:
        assert answer.status == 200


async def test_a_module_is_passed_when_all_is_right(node: Node, operator: aiohttp.ClientSession) -> None:
    """It is judged here, whatever the page says, and kept with its version and day; what was wrong is not kept."""
    module = node.site.modules["steer"]
    right = [question.right for question in module.questions]
    path = "/api/v1/training/modules/steer"
    for wrong in ([right[0] % 3 + 1, *right[1:]], right[:-1], [], [0, -1, 10**9]):
        async with operator.post(path, json={"answers": wrong}) as answer:
            assert (await answer.json())["passed"] is False
    assert await node.site.training.of_person(AMK, "demo") == TrainingRecord("demo", AMK)
    async with operator.post(path, json={"answers": right}) as answer:
        assert await answer.json() == {"right": len(right), "of": len(right), "passed": True}
    record = await node.site.training.of_person(AMK, "demo")
    assert {id: passed.version for id, passed in record.modules.items()} == {"steer": module.version}
    assert record.modules["steer"].day == node.site.office.today()
    text = await page_of(operator, "/training")
    assert "Du har fullført 1 av 6 moduler og 0 av 8 øvelser." in text
    assert text.count('class="passed"') == 1


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("steer", {"answers": "2"}, 400),
        ("steer", {"answers": [1] * 101}, 400),
        ("steer", {"answers": [1.5]}, 400),
        ("steer", {}, 400),
        ("none", {"answers": [1]}, 404),
    ],
)
async def test_answers_that_are_none(
    operator: aiohttp.ClientSession, phone: aiohttp.ClientSession, path: str, body: Any, status: int
) -> None:
    """They are refused, and so is who has not signed in, and another site's page."""
    at = f"/api/v1/training/modules/{path}"
    for session, headers, expected in (
        (operator, {}, status),
        (phone, {}, 401),
        (operator, {"Origin": "https://evil.example"}, 403),
    ):
        async with session.post(at, json=body, headers=headers) as answer:
            assert answer.status == expected


async def test_an_exercise_counts_once_there_was_a_picture(
    node: Node, janus: FakeJanus, operator: aiohttp.ClientSession
) -> None:
    """One that was only looked at, or ended before there was anything to see, is nobody's."""
    await exercise(node, janus, operator, picture=False)
    await exercise(node, janus, operator, watched=True)
    assert await node.site.training.of_person(AMK, "demo") == TrainingRecord("demo", AMK)
    await exercise(node, janus, operator)
    played = (await node.site.training.of_person(AMK, "demo")).scenarios
    assert {id: (one.done, one.of) for id, one in played.items()} == {"bleeding": (0, 5)}
    assert "0 av 5 mål" in await page_of(operator, "/training")


async def test_training_is_done_when_everyone_has_done_it(
    node: Node, janus: FakeJanus, browsers: Open
) -> None:
    """With no accounts it says what to do; who comes later shuts nothing."""
    _, admin = await accepted(node, browsers)
    assert "Lag kontoer" in await page_of(admin, "/centre")
    assert await post(admin, FILL, **STEP) == 409
    ola = await operator_of(admin, browsers)
    await operator_of_role(admin, browsers, "rev", "auditor")  # of whom nothing is asked
    assert "0 av 1 har fullført" in await page_of(admin, "/centre")
    await pass_modules(node, ola)
    assert await post(admin, FILL, **STEP) == 409
    assert "fill-training" not in await page_of(admin, "/centre")
    await exercise(node, janus, ola)
    assert "1 av 1 har fullført" in await page_of(admin, "/centre")
    assert "fill-training" in await page_of(admin, "/centre")
    assert await post(admin, FILL, **STEP) == 303
    assert Step.TRAINING not in node.site.directory.shut_by(LV)
    await operator_of(admin, browsers, "kari")
    assert Step.TRAINING not in node.site.directory.shut_by(LV)
    assert await post(admin, FILL, **STEP) == 303  # a correction
    assert "1 av 2 har fullført" in await page_of(admin, "/centre")


async def test_a_person_is_excused_for_a_reason(node: Node, browsers: Open) -> None:
    """The trainer does it, the log says why, and it can be taken back; what a person has done is not touched."""
    operations, admin = await accepted(node, browsers)
    ola = await operator_of(admin, browsers)
    trainer = await operator_of(admin, browsers, "siv", "trainer")
    at = "/centre/training/ola/excuse"
    assert await post(trainer, at, reason=" ") == 422
    assert await post(trainer, at, reason="x" * 501) == 422
    assert await post(trainer, "/centre/training/demo/excuse", reason="Another’s") == 404
    assert await post(trainer, at, reason="Trained at <b>Toten</b>") == 303
    assert "Trained at &lt;b&gt;Toten" in await page_of(trainer, "/centre/training")
    assert "Du er fritatt" in await page_of(ola, "/training")
    assert "Trained at" in await page_of(operations, "/log")
    assert await post(admin, FILL, **STEP) == 303
    assert await post(trainer, f"{at}/end") == 303
    assert "har fritak" not in await page_of(admin, "/centre")
    assert await post(ola, at, reason="Myself") == 403


async def test_others_see_nothing_of_it(node: Node, browsers: Open, sign_in: SignIn) -> None:
    """Trainer, shift leader and administrator read of their own central; operators of themselves alone."""
    operations, admin = await accepted(node, browsers)
    ola = await operator_of(admin, browsers)
    leader = await operator_of(admin, browsers, "liv", "shift_leader")
    for session in (admin, leader):
        text = await page_of(session, "/centre/training")
        assert text.count('data-testid="person"') == 3
        assert "argon2" not in text
        assert ("excuse-ola" in text) is (session is admin)
    for session in (ola, operations, await sign_in()):
        await page_of(session, "/centre/training", 403)
    assert "/centre/training" not in await page_of(ola, "/training")
    assert "/centre/training" in await page_of(leader, "/training")


async def test_it_is_deleted_with_the_account(node: Node, browsers: Open) -> None:
    """One that is in use is not deleted; whoever gets the name after that begins anew, by a link of their own."""
    _, admin = await accepted(node, browsers)
    ola = await operator_of(admin, browsers)
    await pass_modules(node, ola)
    at = "/centre/accounts/ola"
    async with admin.post(f"{at}/link") as answer:
        former = (await answer.text()).partition("/password/")[2].partition("<")[0]
    assert await post(admin, f"{at}/delete") == 409
    await post(admin, f"{at}/disable")
    assert await post(admin, f"{at}/delete") == 303
    assert await post(admin, f"{at}/delete") == 404
    assert await node.site.store.trained.all() == []
    assert await try_sign_in(await browsers(), "ola", PASSWORD, SEAT) == 403
    again = await operator_of(admin, browsers)
    assert "Du har fullført 0 av 6 moduler" in await page_of(again, "/training")
    link = {"password": PASSWORD, "again": PASSWORD}
    assert await post(await browsers(), f"/password/{former}", **link) == 404
    async with ola.get("/api/v1/session") as answer:
        assert answer.status == 401
