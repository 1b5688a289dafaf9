"""Service messages: whom they are for, when they hold, in which language they are read."""

import msgspec

from orchestrator.domain.ids import CentralId, Millis
from orchestrator.support.domain.message import MessageId, MessageKind, ServiceMessage, in_order

MESSAGE = ServiceMessage(
    MessageId("m"), Millis(0), MessageKind.MAINTENANCE, Millis(10), Millis(20), {"nb": "Natt", "en": "Night"}
)


def test_when_it_holds() -> None:
    """It is planned until it begins, and over from its end on; what is over is not ended again."""
    assert [MESSAGE.is_planned(Millis(at)) for at in (9, 10)] == [True, False]
    assert [MESSAGE.is_over(Millis(at)) for at in (19, 20)] == [False, True]
    assert MESSAGE.ended(Millis(12)).is_over(Millis(12))
    assert MESSAGE.ended(Millis(25)) == MESSAGE


def test_whom_it_is_for() -> None:
    """All, or one central; somebody of no central is told what all are told."""
    one = msgspec.structs.replace(MESSAGE, central=CentralId("amk"))
    assert MESSAGE.concerns(CentralId("lv"))
    assert MESSAGE.concerns(None)
    assert [one.concerns(central) for central in (CentralId("amk"), CentralId("lv"), None)] == [
        True,
        False,
        False,
    ]


def test_in_which_language_it_is_read() -> None:
    """The reader's, else bokmål, nynorsk or English, whichever there is first."""
    assert [MESSAGE.text_in(language) for language in ("en", "nn", "se")] == ["Night", "Natt", "Natt"]
    english = msgspec.structs.replace(MESSAGE, texts={"en": "Night"})
    assert english.text_in("nb") == "Night"


def test_what_is_read_first() -> None:
    """Faults, then maintenance, then the rest."""
    told = [msgspec.structs.replace(MESSAGE, kind=kind) for kind in reversed(MessageKind)]
    assert [message.kind for message in in_order(told)] == list(MessageKind)
