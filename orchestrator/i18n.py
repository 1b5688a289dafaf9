"""Everything a person reads, by language: the gettext catalogues of ``web/locales``.

A language's ``.po`` files are read and compiled in memory when it is first asked for, so that a node starts as fast
with thirty languages as with two; nothing compiled is kept.
"""

import gettext
import io
from collections.abc import Collection
from pathlib import Path
from typing import Final

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE: Final = "en"
"""Language of the message ids, and so of every text that a language lacks."""

FALLBACK: Final = "nb"
"""Language for people whose own is not there: the country's."""

NORWAYS_OWN: Final = ("nb", "nn", "se", "en")
"""Languages that come first wherever one is chosen, with English."""

NAMES: Final = {
    "nb": "Norsk bokmål",
    "nn": "Norsk nynorsk",
    "se": "Davvisámegiella",
    "en": "English",
    "ar": "العربية",
    "da": "Dansk",
    "de": "Deutsch",
    "es": "Español",
    "et": "Eesti",
    "fa": "فارسی",
    "fi": "Suomi",
    "fil": "Filipino",
    "fr": "Français",
    "hu": "Magyar",
    "it": "Italiano",
    "ku": "Kurmancî",
    "lt": "Lietuvių",
    "lv": "Latviešu",
    "nl": "Nederlands",
    "pl": "Polski",
    "prs": "دری",
    "ps": "پښتو",
    "pt": "Português",
    "ro": "Română",
    "ru": "Русский",
    "so": "Soomaali",
    "sq": "Shqip",
    "sr": "Srpski",
    "sv": "Svenska",
    "sw": "Kiswahili",
    "ta": "தமிழ்",
    "th": "ไทย",
    "ti": "ትግርኛ",
    "tr": "Türkçe",
    "uk": "Українська",
    "ur": "اردو",
    "vi": "Tiếng Việt",
    "zh": "中文",
}
"""What languages are called in themselves: Norway's own first, then by their tags."""

_CLDR: Final = {"prs": "fa_AF", "zh": "zh_Hans"}
"""What the Unicode locale data calls a language where that is not our tag."""

_SAME: Final = {"no": "nb", "nn": "nb", "fa-af": "prs", "sme": "se", "tl": "fil", "kmr": "ku", "sh": "sr"}
"""What a browser's tag is taken for, where there is no catalogue by its own name."""

_SPECIFIC: Final = frozenset({"fa-af"})
"""Tags that mean another language than their first part does."""

_NEAREST: Final = {"nn": "nb"}
"""What a text that is missing in a language is said in, where that is not the language of the message ids."""


class Catalogues:
    """The translations there are, one per language."""

    def __init__(self, folder: Path) -> None:
        there = {path.name: path for path in folder.iterdir() if (path / "LC_MESSAGES").is_dir()}
        order = [*(tag for tag in NAMES if tag in there), *sorted(there.keys() - NAMES.keys())]
        self._folders = {tag: there[tag] for tag in order}
        self._domains = {
            tag: {file.stem for file in path.glob("LC_MESSAGES/*.po")} for tag, path in self._folders.items()
        }
        self._translations: dict[str, gettext.NullTranslations] = {}

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the languages, as BCP 47 tags."""
        return tuple(self._folders)

    def having(self, domain: str) -> tuple[str, ...]:
        """Return the languages that have a catalogue of this name, as ``console`` or ``caller``."""
        return tuple(language for language, domains in self._domains.items() if domain in domains)

    def get(self, language: str) -> gettext.NullTranslations:
        """Return the translations into ``language``, or into the fallback."""
        if language not in self._folders:
            return self.get(FALLBACK) if FALLBACK in self._folders else gettext.NullTranslations()
        known = self._translations.get(language)
        if known is None:
            known = self._translations[language] = _read(self._folders[language])
            nearest = _NEAREST.get(language)
            if nearest in self._folders:
                known.add_fallback(self.get(nearest))
        return known

    def best(self, accepted: str, among: Collection[str], default: str = FALLBACK) -> str:
        """Choose the language for an ``Accept-Language`` header; Norwegian of any kind is bokmål if need be."""
        for tag in _by_preference(accepted):
            primary = tag.partition("-")[0]
            own = _SAME[tag] if tag in _SPECIFIC else tag
            for candidate in (own, primary, _SAME.get(primary, "")):
                if candidate in among:
                    return candidate
        return default


def direction(language: str) -> str:
    """Return ``rtl`` for languages written from the right, else ``ltr``."""
    return str(_locale(language).text_direction)


def name_of(language: str, reader: str) -> str:
    """Return what a language is called in the language of the ``reader``."""
    return str(_locale(reader).languages.get(language) or NAMES.get(language, language))


def _locale(language: str) -> Locale:
    return Locale.parse(_CLDR.get(language, language.partition("-")[0]))


def _by_preference(accepted: str) -> list[str]:
    weighted = []
    for part in accepted.lower().split(",")[:20]:
        tag, _, parameter = part.strip().partition(";")
        try:
            weight = float(parameter.strip().removeprefix("q=")) if parameter else 1.0
        except ValueError:
            continue
        weighted.append((-weight, tag.strip()))
    return [tag for weight, tag in sorted(weighted, key=lambda pair: pair[0]) if weight]


def _read(folder: Path) -> gettext.NullTranslations:
    """Compile all catalogues of one language into one set of translations."""
    joined: gettext.NullTranslations | None = None
    for path in sorted((folder / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file)
        compiled = io.BytesIO()
        write_mo(compiled, catalogue)
        compiled.seek(0)
        translations = gettext.GNUTranslations(compiled)
        if joined is None:
            joined = translations
        else:
            joined.add_fallback(translations)
    return joined or gettext.NullTranslations()
