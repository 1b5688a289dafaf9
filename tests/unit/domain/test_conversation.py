"""What operator and caller write to each other: what is taken, what is kept, what is refused."""

import pytest

from orchestrator.domain.conversation import (
    MAX_TEXT,
    MOST,
    Answer,
    Conversation,
    InvalidWordsError,
    Speaker,
    Words,
    plain_text,
    words_of_caller,
    words_of_operator,
)
from orchestrator.domain.ids import Millis
from orchestrator.domain.phrases import CARDS, PHRASES, Group

HOLD = Words(phrase="hold_still")
AT = Millis(1)


def test_the_same_is_said_once() -> None:
    """A line that is told twice, as when a node has died meanwhile, is one; so is what is shown."""
    once = Conversation().show(HOLD, AT, "a").answer(Words(answer=Answer.YES), AT, "b")
    assert once.show(HOLD, AT, "a") is once
    assert once.answer(Words(answer=Answer.YES), AT, "b") is once
    assert [line.by for line in once.lines] == [Speaker.OPERATOR, Speaker.CALLER]


def test_only_what_is_shown_is_acknowledged() -> None:
    """A phone that acknowledges the sentence before, or one that was taken away, acknowledges nothing."""
    first = Conversation().show(HOLD, AT, "a")
    second = first.show(Words(text="?"), AT, "b")
    assert second.acknowledge(1) is second
    assert second.acknowledge(2).shown is not None
    acknowledged = second.acknowledge(2).shown
    assert acknowledged is not None
    assert acknowledged.acknowledged
    hidden = second.hide()
    assert hidden.acknowledge(2).shown is None
    shown = hidden.show(HOLD, AT, "c").shown
    assert shown is not None
    assert shown.number == 3


def test_a_long_conversation_forgets_its_beginning() -> None:
    """So many lines are kept, the latest."""
    said = Conversation()
    for number in range(MOST + 5):
        said = said.answer(Words(text=str(number)), AT, str(number))
    assert [line.words.text for line in said.lines] == [str(number) for number in range(5, MOST + 5)]


@pytest.mark.parametrize(
    ("phrase", "card", "text"),
    [
        (None, None, None),
        ("hold_still", "choking", None),
        ("no_such", None, None),
        (None, "no_such", None),
        (None, None, " \n "),
        (None, None, "x" * (MAX_TEXT + 1)),
    ],
)
def test_an_operator_says_one_thing_that_there_is(
    phrase: str | None, card: str | None, text: str | None
) -> None:
    """What can not be shown is refused with a sentence."""
    with pytest.raises(InvalidWordsError, match=r"\.$"):
        words_of_operator(phrase, card, text)


def test_a_caller_answers_one_thing() -> None:
    """A ready answer or a text, and not both."""
    assert words_of_caller(Answer.NO, None) == Words(answer=Answer.NO)
    assert words_of_caller(None, " to\tord\n") == Words(text="to ord")
    for answer, text in ((None, None), (Answer.NO, "x")):
        with pytest.raises(InvalidWordsError):
            words_of_caller(answer, text)


def test_a_text_is_what_can_be_read() -> None:
    """Control signs and those that turn the direction of writing are taken out; joiners that scripts need stay."""
    assert plain_text("a\u202eb\x00c\u2066") == "a b c"
    assert plain_text("می\u200cخواهم") == "می\u200cخواهم"


def test_there_is_enough_to_say() -> None:
    """Forty phrases at least, nine at most to a group (one for each digit), and a few short steps to a card."""
    assert len(PHRASES) >= 40
    for group in Group:
        assert 1 <= sum(phrase.group is group for phrase in PHRASES.values()) <= 9
    assert 1 <= len(CARDS) <= 9
    assert all(2 <= len(card.steps) <= 5 for card in CARDS.values())
