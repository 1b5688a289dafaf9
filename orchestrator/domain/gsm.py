"""What fits into a text message: the GSM 7 bit alphabet and the segments of 3GPP TS 23.038 and 23.040."""

import msgspec

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
"""Letters that take two places: an escape goes before them."""

_LOOK_ALIKES = str.maketrans(
    {
        "“": '"',
        "”": '"',
        "«": '"',
        "»": '"',
        "„": '"',
        "‘": "'",
        "’": "'",
        "–": "-",
        "—": "-",
        "…": "...",
        "\u00a0": " ",
    }
)


class Segments(msgspec.Struct, frozen=True):
    """How a text is sent. ``first`` is how many of its characters go in the first segment."""

    unicode: bool
    count: int
    first: int


def plain(text: str) -> str:
    """Return ``text`` with typographic signs in the alphabet's own, where that keeps it in the alphabet."""
    simple = text.translate(_LOOK_ALIKES)
    return simple if _is_gsm(simple) else text


def segments(text: str) -> Segments:
    """Count the segments of ``text``: 160 places, or 153 of each of several; in UCS-2 70, or 67."""
    parts = pieces(text)
    return Segments(not _is_gsm(text), len(parts), len(parts[0]))


def pieces(text: str) -> tuple[str, ...]:
    """Cut ``text`` as it goes out: one piece for each segment, and one that is empty of a text that is."""
    if _is_gsm(text):
        sizes, alone, together = [1 + (sign in _EXTENDED) for sign in text], 160, 153
    else:
        sizes, alone, together = [len(sign.encode("utf-16-be")) // 2 for sign in text], 70, 67
    if sum(sizes) <= alone:
        return (text,)
    # A letter of two places is not split between segments.
    cuts, used = [0], 0
    for index, size in enumerate(sizes):
        if used + size > together:
            cuts.append(index)
            used = 0
        used += size
    return tuple(text[start:stop] for start, stop in zip(cuts, [*cuts[1:], len(text)], strict=True))


def _is_gsm(text: str) -> bool:
    return all(sign in _BASIC or sign in _EXTENDED for sign in text)
