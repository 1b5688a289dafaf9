"""What a deed of the journal says, taken apart: which sentence tells it, and what is filled in.

The journal keeps the words that each deed was written with, in English and for ever; the sentences are the page's
(``service/deeds.html``). A deed that nothing here knows is told as it is written.
"""

import re
from typing import Final

import msgspec

from orchestrator.identity.roles import Act
from orchestrator.onboarding.domain.steps import Step
from orchestrator.store.journal import Deed

_STEP = r"step (?P<step>\w+)"
_SEAT = r"seat (?P<seat>\S+)"
_ACCOUNT = r"account (?P<user>\S+)"
_ORDER = r"order \S+"
_CASE = r"case \S+"
_DOCUMENT = r"document (?P<document>\S+)"
_MESSAGE = r"service message \S+"

_YES = (
    ("test_call_passed", _SEAT, r"test call (?P<call>\S+)"),
    ("step_approved", _STEP, r"approved"),
    ("step_withdrawn", _STEP, r"approval withdrawn: (?P<why>.*)"),
    ("centre_tested", rf"step {Step.TEST_CALL}", r"(?P<call>\S+)"),
)

_FORMS: Final[dict[str, tuple[tuple[str, str, str], ...]]] = {
    Act.ANSWER_ORDERS: (
        ("order_accepted", _ORDER, r"accepted"),
        ("order_declined", _ORDER, r"declined: (?P<why>.*)"),
    ),
    Act.FILL_STEPS: (
        ("document_added", _STEP, r"(?:.*\. )?document \S+ added"),
        ("document_removed", _STEP, r"document \S+ removed"),
        ("step_filled", _STEP, r"(?P<reference>.*)"),
    ),
    Act.MANAGE_TRAINING: (
        ("excused", _ACCOUNT, r"excused: (?P<why>.*)"),
        ("excuse_ended", _ACCOUNT, r"no longer excused"),
    ),
    Act.ADAPT_DOCUMENTS: (
        ("document_put_away", _DOCUMENT, r"edition \d+, put away"),
        ("document_adapted", _DOCUMENT, r"edition (?P<edition>\d+), made from .*"),
    ),
    Act.APPROVE_AGREEMENTS: _YES,
    Act.APPROVE_CONNECTIONS: _YES,
    Act.EDIT_CENTRAL: (("settings_changed", r"", r"settings changed"),),
    Act.MANAGE_CENTRALS: (
        ("seat_opened", r"(?P<seat>.*)", r"seat opened"),
        ("seat_closed", _SEAT, r"closed"),
        ("seat_moved", _SEAT, r"moved to (?P<to>\S+)"),
    ),
    Act.OPEN_BY_EXCEPTION: (
        ("exception_ended", r"", r"exception ended"),
        ("exception", r"", r"(?P<why>.*)"),
    ),
    Act.MANAGE_ACCOUNTS: (
        ("administrator_made", _ACCOUNT, r"made as the first administrator"),
        ("account_made", _ACCOUNT, r"made as (?P<role>\w+)"),
        ("account_changed", _ACCOUNT, r"changed to (?P<role>\w+)"),
        ("account_disabled", _ACCOUNT, r"disabled"),
        ("account_enabled", _ACCOUNT, r"enabled"),
        ("account_deleted", _ACCOUNT, r"deleted"),
        ("password_link", _ACCOUNT, r"link to choose a password made\.(?: (?P<why>.*))?"),
        ("password_chosen", _ACCOUNT, r"password chosen"),
    ),
    Act.MAKE_INVOICES: (("invoices_made", r"(?P<numbers>.*)", r"(?P<period>.*)"),),
    Act.RELEASE_RESEARCH: (("research_released", r"(?P<quarter>.*)", r"made and kept"),),
    Act.ANSWER_SUPPORT: (
        ("case_answered", _CASE, r"(?P<state>\w+), answered"),
        ("case_moved", _CASE, r"(?P<state>\w+)"),
        ("message_published", _MESSAGE, r"(?P<kind>\w+) published"),
        ("message_ended", _MESSAGE, r"ended"),
    ),
}


class Told(msgspec.Struct, frozen=True):
    """A deed for people: the name of its sentence, ``unknown`` where there is none, and its fields by name."""

    sentence: str
    fields: dict[str, str]


def told(deed: Deed) -> Told:
    """Find the sentence of a deed."""
    for name, about, reason in _FORMS.get(deed.what, ()):
        whom = re.fullmatch(about, deed.about, re.DOTALL)
        why = re.fullmatch(reason, deed.reason, re.DOTALL)
        if whom is not None and why is not None:
            found = {**whom.groupdict(), **why.groupdict()}
            return Told(name, {field: value or "" for field, value in found.items()})
    return Told("unknown", {"what": deed.what, "about": deed.about, "why": deed.reason})
