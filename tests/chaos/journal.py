"""Everything the campaign's people were told of calls, and what in it can not be true."""

from typing import Any

from orchestrator.calls.state import REIGN
from orchestrator.domain.funnel import Step

State = dict[str, Any]


class IllegalError(AssertionError):
    """Something was told, or is left, that must not be."""


class Journal:
    """Holds the newest state of every call, and refuses one that does not follow from it.

    An owner that can not reach Redis goes on and tells what it does; an heir does not know that, and may record a
    step anew, or learn later that the call was ended. Only where Redis was never away (``gapless``) must an heir
    know at once all that its forerunner told.
    """

    def __init__(self, *, gapless: bool) -> None:
        self._gapless = gapless
        self._newest: dict[str, State] = {}

    def take(self, state: State) -> State:
        """Take in a call's state as a node told it, and return it. Raises IllegalError."""
        _check_alone(state)
        before = self._newest.get(state["id"])
        if before is None or state["revision"] > before["revision"]:
            self._newest[state["id"]] = state
        if before is not None:
            older, newer = sorted((before, state), key=lambda one: int(one["revision"]))
            _check_pair(older, newer, knowing=self._gapless or _reign(older) == _reign(newer))
        return state

    def newest(self, call: str) -> State | None:
        """Return the newest state that was told of a call."""
        return self._newest.get(call)

    def of_seat(self, seat: str) -> State | None:
        """Return the newest state of the seat's call that has not ended."""
        states = [one for one in self._newest.values() if one["seat"] == seat and one["phase"] != "ended"]
        return max(states, key=lambda one: int(one["steps"][Step.REQUESTED]), default=None)

    @property
    def calls(self) -> list[str]:
        """Return every call that was told of."""
        return list(self._newest)


def _check_alone(state: State) -> None:
    steps: dict[str, int] = state["steps"]
    ended = state["phase"] == "ended"
    rules = {
        "ended is a phase, a step and someone's doing, or none of them": (
            ended == (Step.ENDED in steps) == (state["ended_by"] is not None)
        ),
        "the number is erased with the end": not ended or state["phone"] is None,
        "no step is before the request": min(steps.values()) == steps[Step.REQUESTED],
        "no step is after the end": not ended or max(steps.values()) == steps.get(Step.ENDED),
        "no trouble outlasts the end": not ended or not state["troubles"],
        "a picture was permitted": Step.FIRST_FRAME not in steps or Step.PERMITTED in steps,
        "who is connected has opened the link": Step.CONNECTED not in steps or Step.OPENED in steps,
        "a live call has had a frame": state["phase"] != "live" or Step.FIRST_FRAME in steps,
        "a live call is claimed": state["phase"] != "live" or state["claimed"],
    }
    _assert(rules, state)


def _check_pair(older: State, newer: State, *, knowing: bool) -> None:
    same = older["revision"] == newer["revision"]
    rules = {
        "a step's time never moves": not knowing or older["steps"].items() <= newer["steps"].items(),
        "ended stays ended": newer["phase"] == "ended" or not (knowing and older["phase"] == "ended"),
        "a claim stands": newer["claimed"] or not (knowing and older["claimed"]),
        "what a call is stays so": all(older[name] == newer[name] for name in ("seat", "code", "link")),
        "a revision is one state": not same or _said(older) == _said(newer),
    }
    _assert(rules, older, newer)


def _reign(state: State) -> int:
    return int(state["revision"]) // REIGN


def _said(state: State) -> State:
    return {name: value for name, value in state.items() if name != "now"}


def _assert(rules: dict[str, bool], *states: State) -> None:
    broken = [rule for rule, holds in rules.items() if not holds]
    if broken:
        raise IllegalError("; ".join(broken), *states)
