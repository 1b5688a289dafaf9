"""``/training``: the course and the simulation room, for who is signed in at a seat, and what each has done there."""

from typing import Annotated

import msgspec
from aiohttp import web

from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.domain.invitation import InvalidCodeError, parse_code, spoken
from orchestrator.domain.phrases import CARDS, PHRASES
from orchestrator.http.access import check_origin, controller, operator
from orchestrator.http.bodies import json_response, read_json
from orchestrator.http.calls import led_call
from orchestrator.http.keys import SITE
from orchestrator.http.pages import caller_page, console_page, language_of, render, seated_operator
from orchestrator.http.security import Frames
from orchestrator.i18n import FALLBACK, name_of
from orchestrator.identity.grants import OperatorGrant
from orchestrator.identity.roles import Act as Right
from orchestrator.training.course import Module
from orchestrator.training.feedback import Act, feedback
from orchestrator.training.scenario import Scenario

routes = web.RouteTableDef()


class Exercised(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``POST /api/v1/calls/{call}/feedback``: the scenario that was played, and what the operator did.

    ``watched`` – the operator was played too, and so nobody has done the exercise.
    """

    scenario: Annotated[str, msgspec.Meta(max_length=40)]
    acts: Annotated[tuple[Act, ...], msgspec.Meta(max_length=500)]
    watched: bool = False


class ModuleAnswers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``POST /api/v1/training/modules/{module}``: the choice made at each question, counted from 1."""

    answers: Annotated[tuple[int, ...], msgspec.Meta(max_length=100)]


class Answered(msgspec.Struct, frozen=True):
    """Answer to it: how many are ``right``, of how many, and whether the module is passed, which is kept."""

    right: int
    of: int
    passed: bool


@routes.get("/training")
async def training(request: web.Request) -> web.Response:
    """Show the course's modules and the scenarios that can be played, and how far the reader has come."""
    grant = await seated_operator(request)
    if grant is None:
        return render(request, "sign_in.html")
    site = request.app[SITE]
    record = await site.training.of_person(grant.central, grant.user)
    return render(
        request,
        "training.html",
        scenarios=site.scenarios.values(),
        modules=site.modules.values(),
        record=record,
        passed=site.training.rule.passed(record),
        played=site.training.rule.played(record),
        completed=site.training.rule.completed_by(record),
        may_see_others=grant.may(Right.SEE_TRAINING),
    )


@routes.get("/training/course/{module}")
async def course(request: web.Request) -> web.Response:
    """Show a module of the course: something to read, questions, and an exercise to go on with."""
    site = request.app[SITE]
    module = _module(request)
    if await seated_operator(request) is None:
        return render(request, "sign_in.html")
    ids = list(site.modules)
    following = ids[ids.index(module.id) + 1 :]
    return render(
        request,
        "training_module.html",
        module=module,
        scenario=site.scenarios.get(module.exercise),
        following=site.modules[following[0]] if following else None,
    )


@routes.get("/training/{scenario}")
async def room(request: web.Request) -> web.Response:
    """Show a scenario's room, with nothing begun."""
    scenario = _scenario(request)
    if await seated_operator(request) is None:
        return render(request, "sign_in.html")
    return render(
        request,
        "training_room.html",
        frames=Frames.HAS,
        scenario=scenario,
        played=msgspec.to_builtins(scenario),
        named=_named(request, scenario),
    )


@routes.get("/training/{scenario}/console")
async def framed_console(request: web.Request) -> web.Response:
    """Show the true console, for the room to have in a frame."""
    _scenario(request)
    grant = await seated_operator(request)
    if grant is None:
        raise ProblemError(Problem.NOT_SIGNED_IN, "Sign in first.")
    return await console_page(request, grant, Frames.IN)


@routes.get("/training/{scenario}/phone/{code}")
async def framed_phone(request: web.Request) -> web.Response:
    """Show the true caller's page with a drawn camera, for the room to have in a frame."""
    scenario = _scenario(request)
    if await seated_operator(request) is None:
        raise ProblemError(Problem.NOT_SIGNED_IN, "Sign in first.")
    try:
        code = parse_code(request.match_info["code"])
    except InvalidCodeError as error:
        raise ProblemError(Problem.INVITATION_UNKNOWN, "This is no code.") from error
    # The picture is for the operator, whatever language the phone is in.
    label = request.app[SITE].catalogues.get(FALLBACK).gettext("EXERCISE")
    scene = {**msgspec.to_builtins(scenario.scene), "label": label}
    return caller_page(request, "caller.html", frames=Frames.IN, code=code, scene=scene)


@routes.get("/training/{scenario}/instructor")
async def instructor(request: web.Request) -> web.Response:
    """Show the scenario as cues for an instructor, who plays the caller with a phone of their own."""
    scenario = _scenario(request)
    if await seated_operator(request) is None:
        return render(request, "sign_in.html")
    try:
        code = parse_code(request.query.get("code", ""))
    except InvalidCodeError:
        code = None
    return render(
        request,
        "training_instructor.html",
        scenario=scenario,
        code=code,
        spoken_code="" if code is None else spoken(code),
        named=_named(request, scenario),
    )


@routes.post("/api/v1/training/modules/{module}")
async def answer(request: web.Request) -> web.Response:
    """Judge the answers to a module's questions, and keep for who gave them that the module is passed."""
    check_origin(request)
    grant = await operator(request)
    module = _module(request)
    answers = await read_json(request, ModuleAnswers)
    of = len(module.questions)
    right = await request.app[SITE].training.answer(grant.central, grant.user, module, answers.answers)
    return json_response(Answered(right, of, passed=right == of))


@routes.post("/api/v1/calls/{call}/feedback")
async def judge(request: web.Request) -> web.Response:
    """Judge an exercise by its call and by what the operator did; kept is that it was done, and how many goals were."""
    check_origin(request)
    call = await led_call(request)
    exercised = await read_json(request, Exercised)
    scenario = request.app[SITE].scenarios.get(exercised.scenario)
    if scenario is None:
        raise ProblemError(Problem.NOT_FOUND, "There is no such scenario.")
    if not call.exercise:
        raise ProblemError(Problem.FORBIDDEN, "The call is no exercise, and is not judged.")
    judged = feedback(scenario, call.steps, exercised.acts)
    grant = await controller(request)
    if isinstance(grant, OperatorGrant) and not exercised.watched:
        await request.app[SITE].training.note_exercise(grant.central, grant.user, judged)
    return json_response(judged)


def _module(request: web.Request) -> Module:
    module = request.app[SITE].modules.get(request.match_info["module"])
    if module is None:
        raise ProblemError(Problem.NOT_FOUND, "There is no such module.")
    return module


def _scenario(request: web.Request) -> Scenario:
    scenario = request.app[SITE].scenarios.get(request.match_info["scenario"])
    if scenario is None:
        raise ProblemError(Problem.NOT_FOUND, "There is no such scenario.")
    return scenario


def _named(request: web.Request, scenario: Scenario) -> dict[str, str]:
    """Return what acts are called, where the reader's catalogue or the scenario has words for them."""
    site = request.app[SITE]
    reader = language_of(request, site.catalogues.having("console"))
    say = site.catalogues.get(reader).gettext
    return {
        **{f"phrase:{phrase.id}": say(phrase.text) for phrase in PHRASES.values()},
        **{f"card:{card.id}": say(card.title) for card in CARDS.values()},
        **{f"voice:{voice.id}": voice.says for voice in scenario.voice},
        **{f"language:{tag}": name_of(tag, reader) for tag in site.catalogues.having("caller")},
    }
