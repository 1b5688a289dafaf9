"""A centre's own copy of a document, and what becomes of its original."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.library.adapt import (
    Change,
    ConflictError,
    Copy,
    State,
    adopt,
    changes,
    pending,
    settle,
    state,
    update,
)
from orchestrator.library.documents import Document, Version
from tests.unit.library import texts

ORIGINAL = """Innledning.

## Start

1. Trykk.
2. Vent.

## Slutt

Ferdig.
"""


def version(text: str, minor: int = 1) -> Document:
    """Return a version of a document with this text."""
    document = texts.library.get("prosedyre-amk")
    return msgspec.structs.replace(document, text=text, version=Version(1, minor))


def copy(text: str = ORIGINAL) -> Copy:
    """Return a copy of the original, changed to this text."""
    return msgspec.structs.replace(adopt(version(ORIGINAL, 0)), text=text)


def test_a_copy_knows_what_it_was_made_from() -> None:
    """A fresh copy has the document's id, version and text."""
    made = adopt(version(ORIGINAL, 0))
    assert (made.document, made.version, made.text) == ("prosedyre-amk", Version(1, 0), ORIGINAL)
    assert state(made, version(ORIGINAL)) is State.UNCHANGED


def test_changes_are_told_by_heading() -> None:
    """Each is what was there, what is there now, and where."""
    after = ORIGINAL.replace("2. Vent.", "2. Vent litt.\n3. Se.").replace("Innledning.\n\n", "")
    assert changes(ORIGINAL, after) == (
        Change("", ("Innledning.",), ()),
        Change("Start", ("2. Vent.",), ("2. Vent litt.", "3. Se.")),
    )
    assert changes(ORIGINAL, ORIGINAL + "\n## Nytt\n") == (Change("Slutt", (), ("## Nytt",)),)
    assert changes(ORIGINAL, "Først.\n" + ORIGINAL) == (Change("", (), ("Først.",)),)


def test_blank_lines_alone_are_no_change() -> None:
    """A text that is set otherwise says the same."""
    assert changes(ORIGINAL, ORIGINAL.replace("\n\n", "\n\n\n")) == ()


def test_a_change_elsewhere_can_be_taken_in() -> None:
    """What the centre has changed is kept, and what is new is there."""
    mine = copy(ORIGINAL.replace("Ferdig.", "Ferdig hos oss."))
    new = version(ORIGINAL.replace("1. Trykk.", "1. Trykk F2."))
    assert state(mine, new) is State.BEHIND
    assert pending(mine, new) == (Change("Start", ("1. Trykk.",), ("1. Trykk F2.",)),)
    taken = update(mine, new)
    assert taken.text == ORIGINAL.replace("Ferdig.", "Ferdig hos oss.").replace("1. Trykk.", "1. Trykk F2.")
    assert taken.version == new.version
    assert state(taken, new) is State.UNCHANGED


def test_a_change_of_the_same_line_has_to_be_settled() -> None:
    """Nothing is taken in where both have changed it; who has chosen says so."""
    mine = copy(ORIGINAL.replace("1. Trykk.", "1. Klikk."))
    new = version(ORIGINAL.replace("1. Trykk.", "1. Trykk F2.").replace("Ferdig.", "Slutt."))
    assert state(mine, new) is State.CONFLICTING
    assert [change.conflicts for change in pending(mine, new)] == [True, False]
    with pytest.raises(ConflictError, match="prosedyre-amk"):
        update(mine, new)
    chosen = settle(mine, new, mine.text)
    assert state(chosen, new) is State.UNCHANGED
    assert chosen.text == mine.text


def test_two_additions_at_one_place_have_to_be_settled() -> None:
    """Which comes first is for somebody to say."""
    mine = copy(ORIGINAL.replace("2. Vent.\n", "2. Vent.\n3. Vårt.\n"))
    new = version(ORIGINAL.replace("2. Vent.\n", "2. Vent.\n3. Nytt.\n"))
    assert state(mine, new) is State.CONFLICTING


def test_what_the_copy_has_already_is_not_pending() -> None:
    """A centre that was first is only behind in its version."""
    better = ORIGINAL.replace("1. Trykk.", "1. Trykk F2.")
    mine, new = copy(better), version(better)
    assert pending(mine, new) == ()
    assert state(mine, new) is State.BEHIND
    assert update(mine, new).text == better


def test_a_list_that_grows_stays_a_list() -> None:
    """Blank lines follow the text that they belong to, whoever changes it."""
    longer = ORIGINAL.replace("2. Vent.\n", "2. Vent.\n3. Nytt.\n")
    assert update(copy(), version(longer)).text == longer
    shorter = ORIGINAL.replace("2. Vent.\n", "")
    assert update(copy(), version(shorter)).text == shorter


def test_a_filled_in_document_takes_in_a_new_version() -> None:
    """The risk analysis with a centre's own words takes in a measure that is new, and loses nothing."""
    ros = texts.library.get("ros-mal")
    first = "- **Restrisiko:** [fyll inn] **Eier og frist:** [fyll inn]"
    mine = msgspec.structs.replace(adopt(ros), text=ros.text.replace(first, "- **Restrisiko:** lav"))
    measure = "- **Tiltak hos dere:** tiltakskort 4."
    assert measure in ros.text
    new = msgspec.structs.replace(
        ros, version=Version(1, 1), text=ros.text.replace(measure, measure + " Øvelse 4.")
    )
    assert state(mine, new) is State.BEHIND
    taken = update(mine, new).text
    assert taken.count("- **Restrisiko:** lav") == ros.text.count(first)
    assert measure + " Øvelse 4." in taken


_TEXTS = st.lists(st.sampled_from(["a", "b", "c", "## d", ""]), max_size=9).map(
    lambda lines: "\n".join(lines) + "\n"
)


@given(base=_TEXTS, ours=_TEXTS, theirs=_TEXTS)
def test_taking_in_is_taking_in(base: str, ours: str, theirs: str) -> None:
    """A copy without changes of its own becomes the new original, and one of an unchanged original stays itself."""
    mine = msgspec.structs.replace(adopt(version(base)), text=ours)
    assert changes(update(adopt(version(base)), version(theirs)).text, theirs) == ()
    assert changes(update(mine, version(base)).text, ours) == ()
    if state(mine, version(theirs)) is not State.CONFLICTING:
        assert state(update(mine, version(theirs)), version(theirs)) is State.UNCHANGED
