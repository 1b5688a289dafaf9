"""A scenario: who rings, what is seen, what they do by themselves and in answer, and what is asked of the operator."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

import msgspec

from orchestrator.domain.device import Facing
from orchestrator.training.acts import DEEDS, EVENTS, problem_with

_Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=400)]
_Seconds = Annotated[float, msgspec.Meta(ge=0, le=600)]
_Part = Annotated[float, msgspec.Meta(ge=0, le=1)]
Looks = dict[_Id, bool | float | str]
"""What a drawing goes by, by name: each drawing has its own (``web/static/simulator/scenes``)."""


class Kind(StrEnum):
    """The kind of central that a scenario is for."""

    AMK = "amk"
    LV = "lv"


class Drawing(StrEnum):
    """The drawings there are, by their file's name in ``web/static/simulator/scenes``."""

    ARM = "arm"
    CHAIR = "chair"
    CHILD = "child"
    ROAD = "road"
    ROOM = "room"


class Since(StrEnum):
    """What a goal's time is counted from."""

    RING = "ring"
    PICTURE = "picture"


class Scene(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the phone's camera sees at first.

    ``dark`` and ``shake`` are from 0 to 1, ``torch`` tells whether there is a light; ``looks`` is the drawing's own.
    """

    draw: Drawing
    facing: Facing = Facing.BACK
    dark: _Part = 0.0
    shake: _Part = 0.3
    torch: bool = True
    looks: Looks = {}


class Voice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something the operator can say in the phone; the trainee chooses it, since nobody listens."""

    id: _Id
    says: _Text


class Beat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the caller does ``after`` seconds from any of ``on``: events or the operator's acts.

    ``needs`` – one of these acts must have been done before; ``again`` – each time, and else once. ``says`` is what
    is heard in the phone, ``writes`` what is written on the page, ``looks`` how the picture changes, and ``cue`` what
    an instructor does with their camera instead.
    """

    on: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    after: _Seconds = 1.5
    needs: tuple[str, ...] = ()
    again: bool = False
    says: str = ""
    writes: Annotated[str, msgspec.Meta(max_length=200)] = ""
    does: tuple[str, ...] = ()
    looks: Looks = {}
    cue: str = ""


class Goal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something a good operator does: any of ``by``, ``within`` seconds ``since`` the picture or the ring.

    ``missed`` is what the trainee is told who did not.
    """

    text: _Text
    by: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    missed: _Text
    since: Since = Since.PICTURE
    within: _Seconds | None = None


class Shown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A step of the demonstration: what the operator does so many seconds after the one before, and why."""

    act: str
    after: _Seconds
    caption: _Text


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One exercise; ``situation`` is what is known when the phone is answered. Texts are in bokmål."""

    id: _Id
    title: _Text
    summary: _Text
    kind: Kind
    situation: _Text
    picture_within: _Seconds
    scene: Scene
    script: Annotated[tuple[Beat, ...], msgspec.Meta(min_length=1)]
    reactions: tuple[Beat, ...]
    goals: Annotated[tuple[Goal, ...], msgspec.Meta(min_length=1)]
    voice: tuple[Voice, ...] = ()
    language: str = "nb"
    order: int = 100
    demonstration: tuple[Shown, ...] = ()

    @property
    def beats(self) -> tuple[Beat, ...]:
        """Return all that the caller does, by itself and in answer."""
        return (*self.script, *self.reactions)

    def voiced(self, act: str) -> str:
        """Return the sentence that ``voice:ID`` is, or nothing."""
        return next((voice.says for voice in self.voice if f"voice:{voice.id}" == act), "")


def problems(scenario: Scenario) -> Iterator[str]:
    """Say what is wrong with a scenario, each with its place in the file."""
    voices = [voice.id for voice in scenario.voice]
    if len(set(voices)) < len(voices):
        yield "voice: two have the same id"
    for name, beats in (("script", scenario.script), ("reactions", scenario.reactions)):
        for number, beat in enumerate(beats):
            place = f"{name}[{number}]"
            yield from _unknown(f"{place}.on", [on for on in beat.on if on not in EVENTS], voices)
            yield from _unknown(f"{place}.needs", beat.needs, voices)
            for deed in beat.does:
                if deed not in DEEDS:
                    yield f"{place}.does: “{deed}” is nothing that a caller does"
            if not (beat.says or beat.writes or beat.does or beat.looks):
                yield f"{place}: nothing happens"
    for number, goal in enumerate(scenario.goals):
        yield from _unknown(f"goals[{number}].by", goal.by, voices)
    for number, shown in enumerate(scenario.demonstration):
        yield from _unknown(f"demonstration[{number}].act", (shown.act,), voices)
    deeds = {deed for beat in scenario.beats for deed in beat.does}
    for deed in ("open", "tap"):
        if deed not in deeds:
            yield f"script: the caller never does “{deed}”, so there is never a picture"


def _unknown(place: str, acts: tuple[str, ...] | list[str], voices: list[str]) -> Iterator[str]:
    for act in acts:
        if (problem := problem_with(act, voices)) is not None:
            yield f"{place}: {problem}"
