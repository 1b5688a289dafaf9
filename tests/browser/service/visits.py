"""All pages but those of callers, guests and the console: who looks at each, and how they come there."""

import re
from typing import NamedTuple

from orchestrator.domain.ids import CentralId, SeatId
from orchestrator.identity.grants import OperatorGrant, PersonGrant
from orchestrator.identity.roles import Role
from tests.doubles.orders import ADMIN, CENTRAL, PASSWORD
from tests.unit.conftest import CENTRALS

AMK, LV = CENTRALS[0].id, CentralId(CENTRAL)

PEOPLE: dict[str, OperatorGrant | PersonGrant] = {
    "operator": OperatorGrant("kari", "Kari Nordmann", AMK, SeatId("plass-1")),
    "leader": OperatorGrant("per", "Per Hansen", LV, SeatId(f"{CENTRAL}-1"), Role.SHIFT_LEADER),
    "admin": PersonGrant(ADMIN, "Kari Nordmann", Role.ADMIN, LV),
    "fixed": PersonGrant("ada", "Ada Berg", Role.ADMIN, AMK),
    "operations": PersonGrant("drift", "Dag Drift", Role.SUPPORT),
    "owner": PersonGrant("eier", "Eli Eier", Role.OWNER),
    "auditor": PersonGrant("revisor", "Rita Revisor", Role.AUDITOR, LV),
}


class Visit(NamedTuple):
    """Who looks at an address, with fields of ``Known`` in it, and what is filled in and pressed there, by test id."""

    who: str
    address: str
    fill: tuple[tuple[str, str], ...] = ()
    press: str = ""


class Known(NamedTuple):
    """What is found out when the data is made."""

    fault: str
    link: str
    used: str


VISITS: dict[str, tuple[Visit, ...]] = {
    "/": (Visit("anybody", "/"),),
    "/console": (Visit("anybody", "/console"),),
    "/order": (Visit("anybody", "/order"), Visit("anybody", "/order", press="order-send")),
    "/order/received": (Visit("anybody", "/order/received"),),
    "/password/{code}": (
        Visit(
            "anybody",
            "{used}",
            (("new-password", PASSWORD), ("new-password-again", PASSWORD)),
            "choose-password",
        ),
        Visit(
            "anybody",
            "{link}",
            (("new-password", PASSWORD), ("new-password-again", PASSWORD)),
            "choose-password",
        ),
        Visit("anybody", "{link}"),
    ),
    "/status": (Visit("anybody", "/status"),),
    "/contact": (Visit("leader", "/contact"),),
    "/outbox": (Visit("anybody", "/outbox"),),
    "/simulator": (Visit("anybody", "/simulator"),),
    "/library": (
        Visit("operator", "/library"),
        Visit("operator", "/library?q=video"),
        Visit("operator", "/library?q=xyzzy"),
    ),
    "/library/{id}": (Visit("operator", "/library/kort-start-video"), Visit("operator", "/library/none")),
    "/library/{id}/adapt": (Visit("admin", "/library/kort-start-video/adapt"),),
    "/library/{id}/editions": (Visit("admin", "/library/kort-start-video/editions"),),
    "/handbook/{id}": (Visit("operator", "/handbook/operator-02-start"),),
    "/training": (Visit("operator", "/training"),),
    "/training/course/{module}": (Visit("operator", "/training/course/{module}"),),
    "/training/{scenario}": (Visit("operator", "/training/{scenario}"),),
    "/training/{scenario}/instructor": (Visit("operator", "/training/{scenario}/instructor?code=K7M4RX"),),
    "/centre": (Visit("admin", "/centre"), Visit("leader", "/centre"), Visit("fixed", "/centre")),
    "/centre/accounts": (
        Visit("admin", "/centre/accounts"),
        Visit(
            "admin",
            "/centre/accounts",
            (("account-user", "nina"), ("account-name", "Nina Lie")),
            "make-account",
        ),
        Visit("fixed", "/centre/accounts"),
    ),
    "/centre/training": (Visit("admin", "/centre/training"), Visit("leader", "/centre/training")),
    "/centre/settings": (Visit("admin", "/centre/settings"), Visit("fixed", "/centre/settings")),
    "/centre/settings/preview": (Visit("admin", "/centre/settings/preview"),),
    "/centre/support": (
        Visit("operator", "/centre/support"),
        Visit("admin", "/centre/support"),
        Visit("operator", "/centre/support", (("case-text", "Ring 912 34 567"),), "send-case"),
    ),
    "/wishes": (Visit("leader", "/wishes"),),
    "/operations": (Visit("operations", "/operations"), Visit("owner", "/operations")),
    "/operations/centrals/{central}": (
        Visit("operations", f"/operations/centrals/{CENTRAL}"),
        Visit("owner", f"/operations/centrals/{CENTRAL}"),
        Visit("operations", "/operations/centrals/none"),
    ),
    "/operations/support": (
        Visit("operations", "/operations/support"),
        Visit("operations", "/operations/support?state=declined"),
    ),
    "/operations/support/{case}": (Visit("operations", "/operations/support/{fault}"),),
    "/operations/messages": (Visit("operations", "/operations/messages"),),
    "/log": (Visit("operations", "/log"), Visit("auditor", "/log")),
    "/log/seen": (Visit("operations", "/log/seen"), Visit("auditor", "/log/seen")),
    "/reports": (Visit("leader", "/reports?period={month}"), Visit("owner", "/reports?period=2001")),
    "/reports/research": (Visit("owner", "/reports/research"),),
    "/invoices": (
        Visit("owner", "/invoices"),
        Visit("admin", "/invoices"),
        Visit("owner", "/invoices?period=2001"),
    ),
}

ELSEWHERE = {
    "/v",
    "/v/{code}",
    "/g/{code}",
    "/centre/settings/preview/page",
    "/console/action-cards",
    "/training/{scenario}/console",
    "/training/{scenario}/phone/{code}",
}
"""The pages of callers and guests, and what other pages have in themselves or in frames."""

FILES = re.compile(
    r"/(api|static|tour|\.well-known)/.*|/(healthz|readyz|metrics)"
    r"|.*\.(pdf|csv|\{kind\})|.*/documents/\{document\}"
)
"""What is no page by its address: a file to keep, or an answer to a program."""
