"""The editions of a centre's copy: each saving is one, and each knows what it was made from."""

import msgspec
import pytest

from orchestrator.library.adapt import ConflictError, State
from orchestrator.library.documents import Document, Version
from orchestrator.library.editions import (
    MOST_TEXT,
    MOST_TITLE,
    Edition,
    InvalidWordingError,
    Wording,
    as_document,
    brought_back,
    news,
    put_away,
    read_wording,
    settled,
    updated,
    written,
)
from tests.unit.library import texts

TEXT = "Si hvem du er.\n\n## Start\n\n1. Trykk.\n2. Vent.\n"
OURS = TEXT.replace("hvem du er", "at du er fra oss")


def original(text: str = TEXT, minor: int = 0) -> Document:
    """Return a version of a document with this text."""
    document = texts.library.get("kort-barn")
    return msgspec.structs.replace(document, text=text, version=Version(1, minor))


def copy(text: str = OURS) -> Edition:
    """Return a first edition."""
    return written(None, original(), Wording("Barn hos oss", text), "kari", 1000)


def test_each_saving_is_an_edition() -> None:
    """It has a number, who and when, and stays made from what the first one was made from."""
    first = copy()
    assert (first.number, first.title, first.copy.text, first.by, first.at) == (
        1,
        "Barn hos oss",
        OURS,
        "kari",
        1000,
    )
    newer = original(TEXT.replace("Trykk", "Trykk F2"), 1)
    second = written(first, newer, Wording("Barn", OURS + "\nSlutt.\n"), "ola", 2000)
    assert (second.number, second.by, second.copy.version, second.copy.original) == (
        2,
        "ola",
        Version(1, 0),
        TEXT,
    )
    shown = as_document(second, newer)
    assert (shown.id, shown.kind, shown.title, shown.text) == (
        newer.id,
        newer.kind,
        "Barn",
        OURS + "\nSlutt.\n",
    )


def test_what_is_new_in_the_original_is_told() -> None:
    """Nothing until it changes; then the versions and the lines, and whether the centre has changed them too."""
    assert news(copy(), original()) is None
    told = news(copy(), original(TEXT.replace("1. Trykk.", "1. Trykk F2."), 1))
    assert told is not None
    assert (str(told.since), str(told.now), told.state) == ("1.0", "1.1", State.BEHIND)
    assert [(one.heading, one.before, one.after) for one in told.changes] == [
        ("Start", ("1. Trykk.",), ("1. Trykk F2.",))
    ]
    clash = news(copy(), original(TEXT.replace("hvem du er", "hva du heter"), 1))
    assert clash is not None
    assert clash.state is State.CONFLICTING
    assert clash.changes[0].conflicts
    only_head = news(copy(), original(TEXT, 1))
    assert only_head is not None
    assert only_head.changes == ()


def test_the_changes_are_considered_or_taken_in() -> None:
    """Either way there is nothing new after it; what is in the way of taking them in is left to people."""
    newer = original(TEXT.replace("1. Trykk.", "1. Trykk F2."), 1)
    stood_by = settled(copy(), newer, "ola", 2000)
    assert (stood_by.number, stood_by.copy.text, news(stood_by, newer)) == (2, OURS, None)
    taken = updated(copy(), newer, "ola", 2000)
    assert taken.copy.text == OURS.replace("1. Trykk.", "1. Trykk F2.")
    assert news(taken, newer) is None
    with pytest.raises(ConflictError):
        updated(copy(), original(TEXT.replace("hvem du er", "hva du heter"), 1), "ola", 2000)


def test_one_can_go_back() -> None:
    """A former edition comes back with what it was made from; a copy put away begins anew from the original."""
    first = copy()
    newer = original(TEXT.replace("1. Trykk.", "1. Trykk F2."), 1)
    second = settled(written(first, newer, Wording("B", "Annet.\n"), "ola", 2000), newer, "ola", 3000)
    back = brought_back(second, first, "ada", 4000)
    assert (back.number, back.title, back.copy, back.by) == (4, first.title, first.copy, "ada")
    assert news(back, newer) is not None
    away = put_away(back, "ada", 5000)
    assert (away.number, away.in_use, away.copy) == (5, False, first.copy)
    anew = written(away, newer, Wording("B", OURS), "ada", 6000)
    assert (anew.number, anew.in_use, anew.copy.version) == (6, True, Version(1, 1))


def test_an_edition_is_kept_as_it_is() -> None:
    """It is the same when it is read from JSON."""
    assert msgspec.json.decode(msgspec.json.encode(copy()), type=Edition) == copy()


def test_a_wording_is_read_as_browsers_send_it() -> None:
    """Lines end in one way, and blanks around it are no part of it."""
    assert read_wording("  Barn \n hos  oss", "\r\n\r\nEn.  \r\n\r\n- To.\u2028Tre.\r\n") == Wording(
        "Barn hos oss", "En.\n\n- To.\nTre.\n"
    )
    assert read_wording("x" * MOST_TITLE, "x" * (MOST_TEXT - 1)).text == "x" * (MOST_TEXT - 1) + "\n"


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("", "En."),
        ("x" * (MOST_TITLE + 1), "En."),
        ("a\x00b", "En."),
        ("Barn", " \r\n "),
        ("Barn", "x" * MOST_TEXT),
        ("Barn", "a\x00b"),
        ("Barn", "a\u202eb"),
    ],
)
def test_a_wording_that_can_not_be_kept_is_refused(title: str, text: str) -> None:
    """Empty, too long, or with signs that are no text."""
    with pytest.raises(InvalidWordingError):
        read_wording(title, text)
