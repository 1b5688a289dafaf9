"""The text of an invitation."""

import msgspec

from orchestrator.domain.phone import E164
from orchestrator.i18n import Catalogues


class TextMessage(msgspec.Struct, frozen=True):
    """A text message to be sent."""

    to: E164
    text: str


def invitation(to: E164, link: str, central: str, language: str, catalogues: Catalogues) -> TextMessage:
    """Write the invitation in the caller's language, the link first so that no segment break cuts it."""
    say = catalogues.get(language).gettext
    text = say("%(link)s Open the link to show video to %(central)s. Stay on the phone.")
    return TextMessage(to, text % {"link": link, "central": central})
