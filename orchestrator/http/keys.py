"""What handlers find in the application, by typed keys."""

from collections.abc import Callable, Mapping

import msgspec
from aiohttp import web

from orchestrator.backoffice.adapting import Adapting
from orchestrator.backoffice.figures import Figures
from orchestrator.backoffice.invoices import Invoices
from orchestrator.backoffice.monthly import Monthly
from orchestrator.backoffice.research import Research
from orchestrator.calls.desk import Desk
from orchestrator.calls.directory import Directory
from orchestrator.calls.events import Events
from orchestrator.calls.guest_texts import GuestTexts
from orchestrator.calls.owner import Owner
from orchestrator.calls.problems import Problem
from orchestrator.config import Settings
from orchestrator.domain.ids import CallId, Millis
from orchestrator.http.pulse import Pulse
from orchestrator.http.sockets import Sockets
from orchestrator.http.static import StaticFiles
from orchestrator.http.templates import Templates
from orchestrator.i18n import Catalogues
from orchestrator.identity.keys import Keys
from orchestrator.identity.signin import PasswordSignIn
from orchestrator.identity.tokens import Tokens
from orchestrator.janus.pool import GatewayPool
from orchestrator.library.shelf import Shelf
from orchestrator.metrics import Metrics
from orchestrator.onboarding.documents import Documents
from orchestrator.onboarding.office import Office
from orchestrator.onboarding.people import People
from orchestrator.onboarding.reception import Reception
from orchestrator.onboarding.training import Training
from orchestrator.store.database import Store
from orchestrator.support.helpdesk import Helpdesk
from orchestrator.training.course import Module
from orchestrator.training.scenario import Scenario


class Site(msgspec.Struct, frozen=True):
    """All that handlers use."""

    settings: Settings
    store: Store
    directory: Directory
    people: People
    office: Office
    documents: Documents
    reception: Reception
    figures: Figures
    invoices: Invoices
    monthly: Monthly
    research: Research
    helpdesk: Helpdesk
    desk: Desk
    guest_texts: GuestTexts
    owner: Owner
    events: Events
    pool: GatewayPool
    tokens: Tokens
    signing_keys: Keys
    sign_in: PasswordSignIn
    catalogues: Catalogues
    templates: Templates
    static: StaticFiles
    shelf: Shelf
    adapting: Adapting
    sockets: Sockets
    metrics: Metrics
    pulse: Pulse
    scenarios: Mapping[str, Scenario]
    modules: Mapping[str, Module]
    training: Training
    clock: Callable[[], Millis]


SITE = web.AppKey("site", Site)

CALL = web.RequestKey("call", CallId)
"""The call a request is about, for the log."""

PROBLEM = web.RequestKey("problem", Problem)
"""What a request was refused for, for the log."""
