"""What a case takes in, and what it refuses: nothing in it names a person or a number."""

import msgspec
import pytest

from orchestrator.domain.ids import CentralId, Millis
from orchestrator.domain.people import Role
from orchestrator.support.domain.case import (
    MOST_ANSWERS,
    MOST_TEXT,
    Answer,
    Case,
    CaseId,
    Diagnosis,
    FullError,
    InvalidTextError,
    Kind,
    PersonalDataError,
    State,
    by_votes,
    read_text,
)

AMK, LV, OTHER = CentralId("amk"), CentralId("lv"), CentralId("other")

DIAGNOSIS = {
    "browser": "Firefox 140",
    "system": "Linux",
    "version": "0a1b2c",
    "screen": "1280×720",
    "window": "1280×600",
    "language": "nb",
    "call": "none",
    "picture": "none",
    "net": "ok",
    "happened": [{"code": "net-lost", "ago": 3}],
}


def case(kind: Kind = Kind.WISH, **changes: object) -> Case:
    """Return a case of the AMK centre's."""
    wanted = (AMK,) if kind is Kind.WISH else ()
    new = Case(CaseId("ABC234"), Millis(1), kind, AMK, Role.OPERATOR, "More light", wanted_by=wanted)
    return msgspec.structs.replace(new, **changes)


@pytest.mark.parametrize(
    "text",
    [
        "Ring 91234567",
        "Ring +47 912 34 567 i dag",
        "91.23.45.67",
        "9 1 2 3 4 5 6 7",
        "fødselsnummer 010190 12345",
        "91 23\n45 67",
        "(91) 23-45-67",
        "kari@sykehus.example",
        "https://video.113.example/v/K7M4RX",
        "٩١٢٣٤٥٦٧",
    ],
)
def test_what_looks_personal_is_refused(text: str) -> None:
    """Telephone numbers in any form, national identity numbers, addresses and links are not taken."""
    with pytest.raises(PersonalDataError):
        read_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "Bildet stod stille i 30 sekunder.",
        "Den 29.11.2026 kl. 12:03:31 falt nettet, og igjen 2026-11-29 14:05.",
        "Vi er 113 og 116117. 1280×720, 180 kbit/s, 6 % tap.",
        "Plass 7 av 12",
    ],
)
def test_what_is_not_personal_is_taken(text: str) -> None:
    """Days, times, sizes and short numbers are part of a good report."""
    assert read_text(f"  {text}\r\n") == text


@pytest.mark.parametrize("text", ["", " \n ", "\x00", "x" * (MOST_TEXT + 1)])
def test_nothing_and_too_much_are_refused(text: str) -> None:
    """A text has something in it, and an end."""
    with pytest.raises(InvalidTextError):
        read_text(text)


def test_a_diagnosis_is_read() -> None:
    """What a console tells of itself is taken as it is sent."""
    assert msgspec.convert(DIAGNOSIS, Diagnosis).happened[0].code == "net-lost"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("browser", "Firefox 140 on Kari's"),
        ("system", "91234567"),
        ("version", "https://x"),
        ("net", "91 23 45 67"),
        ("call", "Kari Nordmann"),
        ("screen", "91234567"),
        ("happened", [{"code": "Kari Nordmann", "ago": 1}]),
        ("happened", [{"code": "x", "ago": 1}] * 11),
        ("number", "91234567"),
    ],
)
def test_a_diagnosis_has_no_room_for_a_person(field: str, value: object) -> None:
    """Each field takes words of its own form alone, and there are no other fields."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**DIAGNOSIS, field: value}, Diagnosis)


def test_what_the_central_writes_takes_a_case_up_again() -> None:
    """A case that waits, or is closed, is in progress when its central has written."""
    own, theirs = Answer(Millis(5), Role.ADMIN, "Again", AMK), Answer(Millis(5), Role.SUPPORT, "Thanks")
    for state in State:
        taken_up = state in (State.WAITING, State.DONE, State.DECLINED)
        assert case(state=state).answered(own).state is (State.IN_PROGRESS if taken_up else state)
        assert case(state=state).answered(theirs).state is state


def test_a_case_has_an_end() -> None:
    """So many answers, and no more."""
    answer = Answer(Millis(5), Role.SUPPORT, "Thanks")
    full = case(answers=(answer,) * MOST_ANSWERS)
    with pytest.raises(FullError):
        full.answered(answer)


def test_each_central_counts_once() -> None:
    """To want something twice is as once, and can be taken back."""
    wanted = case().wanted(LV, wanted=True).wanted(LV, wanted=True)
    assert wanted.wanted_by == (AMK, LV)
    assert wanted.wanted(LV, wanted=False).wanted_by == (AMK,)


def test_a_wish_is_read_by_operations_first() -> None:
    """A new wish is its central's alone, and a fault always is."""
    assert [case(state=state).is_shared for state in State] == [False, True, True, True, True]
    assert not any(case(Kind.FAULT, state=state).is_shared for state in State)


def test_the_most_wanted_come_first() -> None:
    """Open before closed, then by centrals that want it, then the oldest."""
    many = case(id=CaseId("many"), wanted_by=(AMK, LV), at=Millis(9))
    closed = case(id=CaseId("closed"), wanted_by=(AMK, LV, OTHER), state=State.DONE)
    old, young = case(id=CaseId("old")), case(id=CaseId("young"), at=Millis(2))
    assert by_votes([young, closed, old, many]) == [many, old, young, closed]
