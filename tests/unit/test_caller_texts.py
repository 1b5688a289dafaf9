"""What callers read, in every language there is: nothing missing, nothing left over, every field kept."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from orchestrator.domain.phrases import CARDS, PHRASES, Pictogram
from orchestrator.i18n import NAMES, Catalogues, direction, name_of

WEB = Path(__file__).parents[2] / "web"
DOMAINS = ("caller", "phrases", "cards", "sms")
LANGUAGES = Catalogues(WEB / "locales").having("caller")

_FIELD = re.compile(r"%\(\w+\)s|\{\w+\}")


def read(language: str, domain: str) -> Catalog:
    """Read one catalogue."""
    with (WEB / "locales" / language / "LC_MESSAGES" / f"{domain}.po").open("rb") as file:
        return read_po(file)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("domain", DOMAINS)
def test_every_language_says_all_that_bokmal_does(domain: str, language: str) -> None:
    """A catalogue has exactly the message ids of bokmål, each translated, with the fields that are filled in."""
    expected = {message.id for message in read("nb", domain) if message.id}
    catalogue = read(language, domain)
    assert {message.id for message in catalogue if message.id} == expected
    for message in catalogue:
        text = str(message.string) or (str(message.id) if language == "en" else "")
        assert text or not message.id, message.id
        if message.id:
            assert sorted(_FIELD.findall(text)) == sorted(_FIELD.findall(str(message.id))), message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_is_the_same_wherever_it_stands(language: str) -> None:
    """What the page says by itself and what the operator shows is one sentence to the caller, and so in one wording."""
    said: dict[str, set[str]] = {}
    for domain in DOMAINS:
        for message in read(language, domain):
            if message.id:
                said.setdefault(str(message.id), set()).add(str(message.string))
    assert {text: found for text, found in said.items() if len(found) > 1} == {}


@pytest.mark.parametrize("language", [tag for tag in LANGUAGES if tag != "en"])
def test_a_button_is_called_what_is_on_it(language: str) -> None:
    """Text that tells to tap a button names it as it is written there."""
    texts = {str(message.id): str(message.string) for message in read(language, "caller")}
    for browser in ("Chrome", "Safari"):
        assert texts[f"Open in {browser}"] in texts[f"No question? Tap Open in {browser}."]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_a_name(language: str) -> None:
    """A language is listed by its own name, and has a direction and a name in the operator's."""
    assert language in NAMES
    assert direction(language) == ("rtl" if language in {"ar", "fa", "prs", "ps", "ur"} else "ltr")
    assert name_of(language, "nb") not in ("", language)


def test_every_phrase_and_card_is_in_the_catalogues() -> None:
    """What an operator can show has its text and its drawing."""
    texts = {message.id for domain in ("phrases", "cards") for message in read("nb", domain)}
    assert {phrase.text for phrase in PHRASES.values()} <= texts
    assert {text for card in CARDS.values() for text in (card.title, *card.steps)} <= texts
    drawn = set(re.findall(r'<g id="(\w+)"', (WEB / "static" / "pictograms.svg").read_text()))
    assert drawn == set(Pictogram)


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("fa-AF,fa;q=0.9", "prs"),
        ("fa-IR", "fa"),
        ("no", "nb"),
        ("nn-NO", "nn"),
        ("sme", "se"),
        ("zh-Hant-TW", "zh"),
        ("pt-BR", "pt"),
        ("xx", "nb"),
    ],
)
def test_a_phones_language_is_found(accepted: str, language: str) -> None:
    """Tags that phones use are taken for the language that is meant."""
    assert Catalogues(WEB / "locales").best(accepted, NAMES) == language
