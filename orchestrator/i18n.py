"""Everything a person reads, by language: the gettext catalogues of ``web/locales``.

A language's ``.po`` files are read and compiled in memory when the node starts; nothing compiled is kept.
"""

import gettext
import io
from pathlib import Path

from babel import Locale
from babel.core import get_locale_identifier
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE = "en"
"""Language of the message ids."""

FALLBACK = "nb"
"""Language for people whose own is not there: the country's."""


class Catalogues:
    """The translations there are, one per language."""

    def __init__(self, folder: Path) -> None:
        self._translations = {
            path.name: _read(path) for path in sorted(folder.iterdir()) if (path / "LC_MESSAGES").is_dir()
        }

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the languages, as BCP 47 tags."""
        return tuple(self._translations)

    def get(self, language: str) -> gettext.NullTranslations:
        """Return the translations into ``language``, or into the fallback."""
        found = self._translations.get(language) or self._translations.get(FALLBACK)
        return found or gettext.NullTranslations()

    def best(self, accepted: str, default: str = FALLBACK) -> str:
        """Choose the language for an ``Accept-Language`` header; Norwegian of any kind is bokmål if need be."""
        for tag in _by_preference(accepted):
            primary = tag.partition("-")[0]
            for candidate in (tag, primary, {"no": "nb", "nn": "nb"}.get(primary, "")):
                if candidate in self._translations:
                    return candidate
        return default


def direction(language: str) -> str:
    """Return ``rtl`` for languages written from the right, else ``ltr``."""
    return Locale.parse(get_locale_identifier((language.replace("-", "_").split("_")[0],))).text_direction


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
            catalogue = read_po(file, locale=folder.name)
        compiled = io.BytesIO()
        write_mo(compiled, catalogue)
        compiled.seek(0)
        translations = gettext.GNUTranslations(compiled)
        if joined is None:
            joined = translations
        else:
            joined.add_fallback(translations)
    return joined or gettext.NullTranslations()
