"""Roles: one table of what each may do. What is not in it, nobody may.

Every act of a role that belongs to a central is for that central alone; the rest is for the whole installation.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from orchestrator.domain.people import CENTRALS_OWN, EVERYWHERE, SEATED, Role

__all__ = ["CENTRALS_OWN", "EVERYWHERE", "HOME", "MAY", "SEATED", "Act", "Role"]


class Act(StrEnum):
    """Something that not everyone may do."""

    SEE_PICTURES = "see_pictures"
    SEE_EXERCISES = "see_exercises"
    START_CALLS = "start_calls"
    START_EXERCISES = "start_exercises"
    READ_NUMBERS = "read_numbers"
    SEE_STEPS = "see_steps"
    FILL_STEPS = "fill_steps"
    APPROVE_AGREEMENTS = "approve_agreements"
    APPROVE_CONNECTIONS = "approve_connections"
    MANAGE_ACCOUNTS = "manage_accounts"
    EDIT_CENTRAL = "edit_central"
    SEE_TRAINING = "see_training"
    MANAGE_TRAINING = "manage_training"
    READ_ORDERS = "read_orders"
    ANSWER_ORDERS = "answer_orders"
    MANAGE_CENTRALS = "manage_centrals"
    OPEN_BY_EXCEPTION = "open_by_exception"
    READ_OWN_REPORTS = "read_own_reports"
    READ_ALL_REPORTS = "read_all_reports"
    RELEASE_RESEARCH = "release_research"
    READ_OWN_INVOICES = "read_own_invoices"
    READ_ALL_INVOICES = "read_all_invoices"
    MAKE_INVOICES = "make_invoices"
    READ_LOG = "read_log"
    ASK_SUPPORT = "ask_support"
    ANSWER_SUPPORT = "answer_support"
    READ_WISHES = "read_wishes"
    ADAPT_DOCUMENTS = "adapt_documents"


_AT_A_SEAT: Final = frozenset(
    {
        Act.SEE_PICTURES,
        Act.SEE_EXERCISES,
        Act.START_CALLS,
        Act.START_EXERCISES,
        Act.READ_NUMBERS,
        Act.ASK_SUPPORT,
        Act.READ_WISHES,
    }
)

MAY: Final[Mapping[Role, frozenset[Act]]] = {
    Role.OPERATOR: _AT_A_SEAT,
    Role.SHIFT_LEADER: _AT_A_SEAT | {Act.SEE_STEPS, Act.SEE_TRAINING, Act.READ_OWN_REPORTS},
    Role.TRAINER: frozenset(
        {
            Act.SEE_EXERCISES,
            Act.START_EXERCISES,
            Act.SEE_STEPS,
            Act.SEE_TRAINING,
            Act.MANAGE_TRAINING,
            Act.READ_OWN_REPORTS,
            Act.ASK_SUPPORT,
            Act.READ_WISHES,
        }
    ),
    Role.ADMIN: frozenset(
        {
            Act.SEE_STEPS,
            Act.FILL_STEPS,
            Act.MANAGE_ACCOUNTS,
            Act.EDIT_CENTRAL,
            Act.SEE_TRAINING,
            Act.MANAGE_TRAINING,
            Act.READ_OWN_REPORTS,
            Act.READ_OWN_INVOICES,
            Act.ASK_SUPPORT,
            Act.READ_WISHES,
            Act.ADAPT_DOCUMENTS,
        }
    ),
    Role.SUPPORT: frozenset(
        {
            Act.SEE_STEPS,
            Act.APPROVE_CONNECTIONS,
            Act.READ_ORDERS,
            Act.ANSWER_ORDERS,
            Act.MANAGE_CENTRALS,
            Act.OPEN_BY_EXCEPTION,
            Act.READ_ALL_REPORTS,
            Act.READ_LOG,
            Act.ANSWER_SUPPORT,
            Act.READ_WISHES,
        }
    ),
    Role.OWNER: frozenset(
        {
            Act.SEE_STEPS,
            Act.APPROVE_AGREEMENTS,
            Act.READ_ORDERS,
            Act.ANSWER_ORDERS,
            Act.READ_ALL_REPORTS,
            Act.RELEASE_RESEARCH,
            Act.READ_ALL_INVOICES,
            Act.MAKE_INVOICES,
            Act.READ_WISHES,
        }
    ),
    Role.AUDITOR: frozenset({Act.SEE_STEPS, Act.READ_LOG, Act.READ_OWN_REPORTS, Act.READ_WISHES}),
}
"""What each role may do. Nobody but those at a seat has anything to do with a picture or a number."""

HOME: Final[Mapping[Role, str]] = {
    Role.OPERATOR: "/console",
    Role.SHIFT_LEADER: "/console",
    Role.TRAINER: "/console",
    Role.ADMIN: "/centre",
    Role.SUPPORT: "/operations",
    Role.OWNER: "/operations",
    Role.AUDITOR: "/log",
}
"""The page that each role begins at."""
