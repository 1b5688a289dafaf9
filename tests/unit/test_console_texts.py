"""What the operator reads: all of it in bokmål, nynorsk and English."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from orchestrator.i18n import Catalogues

WEB = Path(__file__).parents[2] / "web"
LANGUAGES = ("nb", "nn", "en")
CALLERS = {"base_caller.html", "caller.html", "caller/words.html", "code.html"}
_FILES = (path.relative_to(WEB / "templates") for path in (WEB / "templates").rglob("*.html"))
TEMPLATES = sorted(WEB / "templates" / path for path in _FILES if str(path) not in CALLERS)
NORWEGIAN = {path.stem for path in (WEB / "locales" / "nb" / "LC_MESSAGES").glob("*.po")}
DOMAINS = sorted(NORWEGIAN - {"caller", "sms", "phrases", "cards"})
"""The catalogues that the operator alone reads."""

_TEXT = re.compile(r'_\("([^"]+)"\)')
_FIELD = re.compile(r"{\w+}")


def catalogue(language: str, domain: str = "*") -> dict[str, str]:
    """Read a language's texts by message id; one that is missing a translation is empty."""
    texts: dict[str, str] = {}
    for path in sorted((WEB / "locales" / language / "LC_MESSAGES").glob(f"{domain}.po")):
        with path.open("rb") as file:
            texts |= {str(message.id): str(message.string) for message in read_po(file) if message.id}
    return texts


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_the_operators_pages_is_there(language: str) -> None:
    """Each text marked in the templates is in the catalogues, with the same fields to fill in."""
    texts = catalogue(language)
    for path in TEMPLATES:
        for text in _TEXT.findall(path.read_text()):
            assert text in texts, f"{path.name}: {text}"
            said = texts[text] or (text if language == "en" else "")
            assert said, f"{path.name}: {text}"
            assert sorted(_FIELD.findall(text)) == sorted(_FIELD.findall(said)), text


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_three_languages_say_the_same(domain: str) -> None:
    """No catalogue has a text that the same one in another of the three languages lacks."""
    english, bokmal, nynorsk = (set(catalogue(language, domain)) for language in ("en", "nb", "nn"))
    assert nynorsk == bokmal
    assert english == bokmal


def test_the_scripts_ask_for_texts_that_are_given() -> None:
    """A script of the console names no text that its page does not give."""
    strings = (WEB / "templates" / "console_strings.html").read_text()
    given = set(re.findall(r'^  "(\w+)": _', strings, re.MULTILINE))
    for path in sorted((WEB / "static" / "console").glob("*.js")):
        if path.name == "sign_in.js":  # has strings of its own
            continue
        source = path.read_text()
        asked = set(re.findall(r'\bt\("(\w+)"', source))
        asked |= set(re.findall(r'"((?:say|slow|trouble)_\w+)"', source))
        assert asked <= given, path.name


def test_a_language_is_offered_where_it_has_a_catalogue(tmp_path: Path) -> None:
    """Each kind of page has its own languages, and what nynorsk lacks is said in bokmål."""
    for language, domain, said in (("nb", "console", "Ja"), ("nb", "caller", "Nei"), ("nn", "console", "")):
        folder = tmp_path / language / "LC_MESSAGES"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{domain}.po").write_text(f'msgid "{domain}"\nmsgstr "{said}"\n')
    catalogues = Catalogues(tmp_path)
    assert set(catalogues.having("console")) == {"nb", "nn"}
    assert catalogues.having("caller") == ("nb",)
    assert catalogues.best("nn", catalogues.having("console")) == "nn"
    assert catalogues.best("nn", catalogues.having("caller")) == "nb"
    assert [catalogues.get("nn").gettext(text) for text in ("console", "caller")] == ["Ja", "Nei"]
