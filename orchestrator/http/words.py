"""What the caller is shown to read: the table that operators choose from, and one choice written out for the caller."""

import msgspec

from orchestrator.domain.phrases import CARDS, PHRASES, Card, Group, Phrase
from orchestrator.i18n import NAMES, NORWAYS_OWN, Catalogues, name_of


class Sentence(msgspec.Struct, frozen=True, omit_defaults=True):
    """A phrase, a card or a free text as the caller's page shows it.

    ``lang`` is the language of the words, "" where it is not known: a free text is shown as it was written. ``steps``
    and ``pulse``, in beats a minute, are a card's.
    """

    number: int
    text: str
    lang: str = ""
    pictogram: str = ""
    steps: tuple[str, ...] = ()
    pulse: int | None = None


def sentence(
    catalogues: Catalogues, language: str, number: int, *, phrase: str = "", card: str = "", text: str = ""
) -> Sentence:
    """Write out what was shown as ``number``: a phrase or a card by its id, or a text."""
    say = catalogues.get(language).gettext
    if phrase in PHRASES:
        wanted = PHRASES[phrase]
        return Sentence(number, say(wanted.text), language, wanted.pictogram)
    if card in CARDS:
        shown = CARDS[card]
        steps = tuple(say(step) for step in shown.steps)
        return Sentence(number, say(shown.title), language, shown.pictogram, steps, shown.pulse)
    # A node of another version may know phrases that this one does not: then there is nothing to say.
    return Sentence(number, text)


class Phrasebook(msgspec.Struct, frozen=True):
    """What the console's panel is drawn from.

    ``languages`` are those a caller's page can be in: tags with the language's own name and the reader's name for it.
    """

    groups: dict[Group, tuple[Phrase, ...]]
    cards: tuple[Card, ...]
    languages: tuple[tuple[str, str, str], ...]


def phrasebook(languages: tuple[str, ...], reader: str) -> Phrasebook:
    """Return the phrasebook for an operator who reads the language ``reader``."""
    named = ((tag, NAMES.get(tag, tag), name_of(tag, reader)) for tag in languages)
    return Phrasebook(
        {group: tuple(phrase for phrase in PHRASES.values() if phrase.group is group) for group in Group},
        tuple(CARDS.values()),
        tuple(sorted(named, key=lambda names: (names[0] not in NORWAYS_OWN, names[2].casefold()))),
    )
