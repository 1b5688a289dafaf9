"""The invitation's text: in the caller's language, whole in one message, the link first."""

import pytest

from orchestrator.app import WEB
from orchestrator.domain.central import Central, Kind
from orchestrator.domain.gsm import segments
from orchestrator.domain.ids import CallId, CentralId
from orchestrator.domain.phone import E164
from orchestrator.i18n import Catalogues
from orchestrator.sms.message import TextMessage, guest_text, invitation_text

LINK = "https://video.113.no/v/K7M4RX"
CENTRAL = Central(CentralId("amk"), "AMK Innlandet", Kind.AMK)


@pytest.mark.parametrize(
    ("language", "words"), [("nb", "Trykk på lenken"), ("en", "Open the link"), ("xx", "Trykk på lenken")]
)
def test_the_invitation_is_in_the_callers_language(language: str, words: str) -> None:
    """Norwegian where the language is not there, whole in one message, nothing before the link."""
    text = invitation_text(LINK, CENTRAL, language, Catalogues(WEB / "locales"))
    assert text.startswith(f"{LINK} {words}")
    assert "AMK Innlandet" in text
    assert (segments(text).count, segments(text).unicode) == (1, False)


def test_a_central_may_have_words_of_its_own() -> None:
    """They are used for their language alone, with signs that would cost a segment made plain."""
    central = Central(
        CentralId("amk"), "AMK Innlandet", Kind.AMK, sms_text={"nb": "«{central}»: {link} – trykk"}
    )
    catalogues = Catalogues(WEB / "locales")
    assert invitation_text(LINK, central, "nb", catalogues) == f'"AMK Innlandet": {LINK} - trykk'
    assert invitation_text(LINK, central, "en", catalogues).startswith(f"{LINK} Open")


def test_that_of_an_exercise_says_so() -> None:
    """At its end, whether the words are ours or the central's own: the link still comes first."""
    catalogues = Catalogues(WEB / "locales")
    text = invitation_text(LINK, CENTRAL, "nb", catalogues, exercise=True)
    assert text.startswith(LINK) and text.endswith("(ØVELSE)")
    own = Central(CentralId("amk"), "AMK Innlandet", Kind.AMK, sms_text={"en": "{link} {central}"})
    assert invitation_text(LINK, own, "en", catalogues, exercise=True) == f"{LINK} AMK Innlandet (EXERCISE)"


@pytest.mark.parametrize(
    ("language", "words"), [("nb", "Trykk på lenken"), ("nn", "lenkja"), ("en", "Open the")]
)
def test_a_guest_is_written_to_in_the_centrals_language(language: str, words: str) -> None:
    """Whole in one message, the link first; and an exercise says so."""
    central = Central(CentralId("amk"), "AMK Innlandet", Kind.AMK, language=language)
    link, catalogues = "https://video.113.no/g/" + "k" * 22, Catalogues(WEB / "locales")
    text = guest_text(link, central, catalogues)
    assert text.startswith(f"{link} ")
    assert words in text and "AMK Innlandet" in text
    assert (segments(text).count, segments(text).unicode) == (1, False)
    assert guest_text(link, central, catalogues, exercise=True).startswith(text + " (")


def test_a_report_is_told_to_an_address_that_names_nobody() -> None:
    """Where a gateway tells what became of a message has no number in it."""
    message = TextMessage(E164("+4791234567"), "hei", CallId("c" * 22), "t" * 22)
    url = message.report_url("https://video.113.no", "kannel")
    assert url == f"https://video.113.no/api/v1/sms-reports/kannel/{'c' * 22}/{'t' * 22}"
