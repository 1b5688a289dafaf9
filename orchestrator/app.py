"""The node: everything it is made of, put together and taken apart in order."""

import asyncio
import contextlib
import logging
import secrets
import signal
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from http import HTTPStatus
from pathlib import Path

import aiohttp
from aiohttp import web
from redis.exceptions import RedisError

from orchestrator import logs
from orchestrator.backoffice.adapting import Adapting
from orchestrator.backoffice.figures import Figures
from orchestrator.backoffice.invoices import Invoices
from orchestrator.backoffice.monthly import Monthly
from orchestrator.backoffice.research import Research
from orchestrator.calls.admission import Admission
from orchestrator.calls.desk import Desk
from orchestrator.calls.directory import Directory
from orchestrator.calls.events import Events
from orchestrator.calls.guest_texts import GuestTexts
from orchestrator.calls.inviter import Inviter
from orchestrator.calls.owner import Owner
from orchestrator.calls.problems import Problem
from orchestrator.calls.state import Surroundings
from orchestrator.config import Service, Settings
from orchestrator.config.sms import HttpSms, KannelSms, OutboxSms
from orchestrator.domain.ids import GatewayId, Millis, NodeId
from orchestrator.domain.sdp import MAX_SDP
from orchestrator.http import (
    accounts,
    adapting,
    calls,
    centre,
    centre_training,
    documents,
    events,
    guests,
    health,
    invitations,
    invoices,
    library,
    log,
    openapi,
    operations,
    orders,
    pages,
    passwords,
    preview,
    proving,
    reports,
    research,
    session,
    sms,
    snapshots,
    status,
    support,
    training,
    whip,
)
from orchestrator.http.keys import SITE, Site
from orchestrator.http.listening import listening
from orchestrator.http.measuring import measured
from orchestrator.http.problems import problems
from orchestrator.http.pulse import Pulse
from orchestrator.http.refusals import for_people
from orchestrator.http.security import add_headers
from orchestrator.http.sockets import Sockets
from orchestrator.http.static import StaticFiles
from orchestrator.http.templates import Templates
from orchestrator.i18n import Catalogues
from orchestrator.identity.grants import ServiceGrant
from orchestrator.identity.keys import Keys
from orchestrator.identity.signin import PasswordSignIn
from orchestrator.identity.tokens import Tokens
from orchestrator.janus.gateway import Gateway
from orchestrator.janus.pool import GatewayPool
from orchestrator.library.shelf import Shelf
from orchestrator.memory import collect_seldom, keep_giving_back
from orchestrator.metrics import Metrics, expect
from orchestrator.onboarding.documents import Documents
from orchestrator.onboarding.office import Office
from orchestrator.onboarding.people import People
from orchestrator.onboarding.reception import Reception
from orchestrator.onboarding.training import Training
from orchestrator.sms.gateway import SmsGateway
from orchestrator.sms.http import HttpGateway
from orchestrator.sms.kannel import Kannel
from orchestrator.sms.outbox import Outbox
from orchestrator.sms.sender import Sender
from orchestrator.store.database import Store, open_store
from orchestrator.store.limits import Limit
from orchestrator.support.helpdesk import Helpdesk
from orchestrator.training.catalogue import load_modules, load_scenarios

logger = logging.getLogger(__name__)

WEB = Path(__file__).parent.parent / "web"
DOCS = Path(__file__).parent.parent / "docs"

_ROUTED = (
    *(accounts, adapting, calls, centre, centre_training, documents, events, guests, health, invitations),
    *(invoices, library, log, openapi, operations, orders, pages, passwords, preview, proving, reports),
    *(research, session, sms, snapshots, status, support, training, whip),
)
"""The modules with handlers."""

_KEEPALIVE_SECONDS = 3600
"""Idle HTTP connections are kept this long: the tap on a warm page then costs no handshake."""


def now() -> Millis:
    """Return the time of day."""
    return Millis(time.time_ns() // 1_000_000)


def new_id() -> str:
    """Return 22 unguessable characters."""
    return secrets.token_urlsafe(16)


@contextlib.asynccontextmanager
async def build(settings: Settings) -> AsyncIterator[web.Application]:
    """Make a node's application and keep its tasks running while the context lasts.

    When the application shuts down its calls are handed over unended: another node, or this one when it
    is started again, goes on with them.
    """
    async with open_store(settings) as store, aiohttp.ClientSession() as http:
        node = NodeId(f"{settings.node_name}.{secrets.token_hex(4)}")
        site, around = _make_site(settings, store, node, http)
        site.owner.settle(around)
        await _read_directory(site.directory)
        with logs.counting(lambda level: site.metrics.log_records.labels(level).inc()):
            async with asyncio.TaskGroup() as tasks:
                running = [
                    tasks.create_task(work, name=name)
                    for name, work in (
                        ("bus", store.bus.run()),
                        ("primary", store.bus.follow_primary()),
                        ("events", site.events.run()),
                        *((f"gateway {gateway.id}", gateway.run()) for gateway in site.pool.gateways),
                        ("desk", site.desk.run()),
                        ("directory", site.directory.run()),
                        ("owner", site.owner.run()),
                        ("monthly reports", site.monthly.run()),
                        ("pulse of the loop", site.pulse.feel_loop()),
                        ("pulse of Redis", site.pulse.feel_redis()),
                        ("memory", keep_giving_back()),
                    )
                ]
                try:
                    yield _make_app(site)
                finally:
                    await _cancel(running)


async def _read_directory(directory: Directory) -> None:
    """Know all centrals from the first request on, if Redis lets us; else as soon as it does."""
    try:
        await directory.refresh()
    except (RedisError, OSError) as error:
        logger.warning("directory not read yet", extra={"error": type(error).__name__})


async def _cancel(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel tasks until they are done: one cancellation may be swallowed (asyncio.wait_for, python/cpython 86296).

    A task group would cancel its tasks once, and wait for ever for one that has swallowed that.
    """
    pending = {task for task in tasks if not task.done()}
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=1)


def _make_site(
    settings: Settings, store: Store, node: NodeId, http: aiohttp.ClientSession
) -> tuple[Site, Surroundings]:
    metrics = _make_metrics()
    store.bus.on_message = lambda direction: metrics.bus_messages.labels(direction).inc()
    owner = Owner(store.leases, store.gateways)
    pool = GatewayPool(
        [
            Gateway(
                gateway,
                request_timeout=settings.timers.request,
                on_event=owner.on_gateway_event,
                on_answer=metrics.gateway_answered,
            )
            for gateway in settings.gateways
        ]
    )
    node_events = Events(store.bus, node, metrics.events_dropped.inc)
    catalogues = Catalogues(WEB / "locales")
    signing_keys = Keys(settings.key_dir)
    tokens = Tokens(signing_keys, settings.public_url, now, store.revocations)
    sender = Sender(_sms_gateways(settings, store, http), metrics)
    pulse = Pulse(store.ping, metrics)
    admission = Admission(settings.limits, lambda: pulse.standing_lag)
    directory = Directory(settings, store.tenants, store.bus)
    sign_in = PasswordSignIn(settings, store.accounts, directory)
    people = People(store, tokens, sign_in, node_events, now)
    scenarios = load_scenarios()
    modules = load_modules(scenarios)
    completion = Training(store, sign_in, modules, scenarios, now)
    office = Office(store, directory, people, completion, events=node_events, clock=now)
    figures = Figures(settings, now)
    desk = Desk(owner, store.bus, admission)
    site = Site(
        settings=settings,
        store=store,
        directory=directory,
        people=people,
        office=office,
        documents=Documents(settings.documents_dir),
        reception=Reception(store, directory, office, now, settings.limits.orders),
        figures=figures,
        invoices=Invoices(settings, store, directory, now),
        monthly=Monthly(store, directory, figures, catalogues, now),
        research=Research(settings, store, directory, figures, now),
        helpdesk=Helpdesk(store, directory, node_events, now, settings.limits),
        desk=desk,
        guest_texts=GuestTexts(owner, desk, sender, catalogues, directory),
        owner=owner,
        events=node_events,
        pool=pool,
        tokens=tokens,
        signing_keys=signing_keys,
        sign_in=sign_in,
        catalogues=catalogues,
        templates=Templates(WEB / "templates", catalogues),
        static=StaticFiles(WEB / "static"),
        shelf=Shelf(DOCS),
        adapting=Adapting(store, now),
        sockets=Sockets(settings.limits, metrics),
        metrics=metrics,
        pulse=pulse,
        scenarios=scenarios,
        modules=modules,
        training=completion,
        clock=now,
    )
    around = Surroundings(
        node=node,
        settings=settings,
        directory=directory,
        calls=store.calls,
        events=node_events,
        pool=pool,
        metrics=metrics,
        clock=now,
        new_id=new_id,
        revoke_tokens=tokens.revoke_call,
        send_sms=Inviter(owner, sender, catalogues, directory).send,
    )
    return site, around


def _sms_gateways(settings: Settings, store: Store, http: aiohttp.ClientSession) -> Iterator[SmsGateway]:
    """Make the SMS gateways, in the order in which they are to be tried."""
    for gateway in settings.sms or ((OutboxSms(),) if settings.demo else ()):
        match gateway:
            case KannelSms():
                yield Kannel(gateway, http, settings.public_url)
            case HttpSms():
                yield HttpGateway(gateway, http, settings.public_url)
            case OutboxSms():
                yield Outbox(store.outbox, now, gateway.id)


def _make_metrics() -> Metrics:
    """Return metrics whose series begin at nothing where their first event counts."""
    metrics = Metrics()
    expect(metrics.problems, Problem)
    expect(metrics.limits_reached, (*Limit, "sign_ins_waiting"))
    for code in (HTTPStatus.CREATED, HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE):
        metrics.requests.labels("/api/v1/calls", "POST", int(code))
    return metrics


def _make_app(site: Site) -> web.Application:
    app = web.Application(middlewares=[measured, for_people, problems], client_max_size=2 * MAX_SDP)
    app[SITE] = site
    for module in _ROUTED:
        app.add_routes(module.routes)
    app.router.add_get("/static/{path:.+}", site.static.serve)
    app.on_response_prepare.append(add_headers)
    app.on_shutdown.append(_leave)
    return app


async def _leave(app: web.Application) -> None:
    """Hand the calls over, then send the browsers to another node."""
    site = app[SITE]
    try:
        async with asyncio.timeout(site.settings.timers.request):
            await site.owner.hand_over()
    except (RedisError, OSError) as error:
        # The lease runs out by itself, and the others take over then.
        logger.warning("calls not handed over", extra={"error": type(error).__name__})
    site.sockets.close_all()


async def issue_service_token(settings: Settings, service: Service, life_seconds: float) -> str:
    """Sign a token for an ICCS installation. Raises ImpossibleGrantError for a life that is too long."""
    async with open_store(settings) as store:  # which connects to nothing until it is asked something
        tokens = Tokens(Keys(settings.key_dir), settings.public_url, now, store.revocations)
        return tokens.issue(ServiceGrant(service=service.id, central=service.central), life_seconds)


async def set_draining(settings: Settings, gateway: GatewayId, *, draining: bool) -> None:
    """Let no new calls go to a gateway, or let them again. Raises RedisError."""
    async with open_store(settings) as store:
        await (store.gateways.drain(gateway) if draining else store.gateways.undrain(gateway))


async def serve(settings: Settings) -> None:
    """Run a node until SIGTERM or SIGINT, then hand its calls over and go."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with build(settings) as app:
        runner = web.AppRunner(
            app,
            access_log=None,
            keepalive_timeout=_KEEPALIVE_SECONDS,
            shutdown_timeout=2,
            handle_signals=False,
        )
        await runner.setup()
        try:
            async with listening(runner, settings.listen):
                collect_seldom()
                logger.info("listening", extra={"port": settings.listen.port})
                await stop.wait()
                logger.info("stopping")
        finally:
            await runner.cleanup()
    await _see_off_the_rest()


async def _see_off_the_rest() -> None:
    """End the requests that have outlasted the application, and let the loop close their connections."""
    await _cancel(asyncio.all_tasks() - {asyncio.current_task()})
    await asyncio.sleep(0)
