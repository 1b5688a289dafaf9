"""What an operator can do in an exercise that a caller reacts to and a goal counts, each named by one text.

``phrase:ID`` and ``card:ID`` – shown to the caller; ``text`` – anything written, ``text:WORD`` – something with that
word in it; ``voice:ID`` – said in the phone, one of the scenario's own sentences; ``language:TAG`` – the caller's page
was put into it; and the plain ones below. ``web/static/training/acts.js`` has the same rules.
"""

from collections.abc import Collection
from typing import Final

from orchestrator.domain.phrases import CARDS, PHRASES

PLAIN: Final = frozenset(
    {
        *("facing:user", "facing:environment", "torch:on", "torch:off", "zoom:in", "zoom:out"),
        *("pause:on", "pause:off", "prefer:sharp", "prefer:smooth"),
        *("locate", "sms", "share", "end"),
    }
)
"""What the console's own tools do."""

EVENTS: Final = frozenset(
    {"ring", "opened", "connected", "permitted", "picture", "stills", "interrupted", "resumed"}
)
"""What happens in the call itself: a script goes by these. ``ring`` is the beginning."""

DEEDS: Final = frozenset(
    {
        *("open", "tap", "refuse", "turn", "share", "decline", "hide", "return", "stop"),
        *("answer:yes", "answer:no", "answer:not_understood", "answer:help"),
        *("network:good", "network:weak", "network:slow", "network:gone", "camera:lost"),
    }
)
"""What a scripted caller can do, with the link, the page, the camera and the network."""

_KINDS: Final = ("phrase", "card", "text", "voice", "language")


def problem_with(act: str, voices: Collection[str]) -> str | None:
    """Say what is wrong with the name of an act, or return None; ``voices`` are the scenario's own."""
    kind, _, what = act.partition(":")
    if act in PLAIN or act == "text":
        return None
    if kind not in _KINDS or not what:
        return f"“{act}” is nothing that an operator does"
    known: dict[str, Collection[str]] = {"phrase": PHRASES, "card": CARDS, "voice": voices}
    if kind in known and what not in known[kind]:
        return f"there is no {kind} “{what}”"
    return None


def counts(wanted: str, act: str) -> bool:
    """Tell whether ``act``, which was done, is what is ``wanted``."""
    kind, _, what = wanted.partition(":")
    if kind != "text":
        return wanted == act
    return act.startswith("text:") and what.casefold() in act.partition(":")[2].casefold()
