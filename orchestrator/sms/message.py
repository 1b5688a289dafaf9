"""The texts of invitations."""

import msgspec

from orchestrator.domain.central import Central
from orchestrator.domain.gsm import plain
from orchestrator.domain.ids import CallId
from orchestrator.domain.phone import E164
from orchestrator.i18n import Catalogues


class TextMessage(msgspec.Struct, frozen=True):
    """A text message to be sent, for a call. ``ticket`` is its unguessable name, known to its gateway alone."""

    to: E164
    text: str
    call: CallId
    ticket: str
    sender: str = ""

    def report_url(self, origin: str, gateway: str) -> str:
        """Return where ``gateway`` is to tell what became of it; nothing in it is anybody's but the ticket's."""
        return f"{origin}/api/v1/sms-reports/{gateway}/{self.call}/{self.ticket}"


def guest_text(link: str, central: Central, catalogues: Catalogues, *, exercise: bool = False) -> str:
    """Write a guest's invitation in the central's own language, the link first; that of an exercise says so."""
    say = catalogues.get(central.language).gettext
    ours = say("%(link)s Open the link to watch live video from %(central)s. It works in one browser only.")
    text = ours % {"link": link, "central": central.name}
    return plain(f"{text} ({say('EXERCISE')})" if exercise else text)


def invitation_text(
    link: str, central: Central, language: str, catalogues: Catalogues, *, exercise: bool = False
) -> str:
    """Write the invitation in the caller's language: the central's own words, else ours.

    The link comes first in ours, so that no segment break cuts it; a central's own are checked when settings are read.
    That of an exercise ends by saying so.
    """
    say = catalogues.get(language).gettext
    own = central.sms_text.get(language)
    if own is not None:
        text = own.format(link=link, central=central.name)
    else:
        ours = say("%(link)s Open the link to show video to %(central)s. Stay on the phone.")
        text = ours % {"link": link, "central": central.name}
    return plain(f"{text} ({say('EXERCISE')})" if exercise else text)
