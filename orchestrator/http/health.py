"""``/healthz``, ``/readyz``, ``/metrics`` and the public signing keys: for machines that look after us."""

import asyncio

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from orchestrator.http.bodies import json_response
from orchestrator.http.keys import SITE, Site
from orchestrator.http.readiness import Facts, Readiness, gateway_is, readiness
from orchestrator.metrics import GatewayNow, Snapshot

routes = web.RouteTableDef()


@routes.get("/healthz")
async def healthz(_request: web.Request) -> web.Response:
    """Say that the process answers."""
    return json_response({"ok": True})


@routes.get("/readyz")
async def readyz(request: web.Request) -> web.Response:
    """Say of each part what is wrong; 503 where this node should get no traffic."""
    found = await readiness_of(request.app[SITE])
    return json_response(found, status=200 if found.ready else 503)


@routes.get("/metrics")
async def metrics(request: web.Request) -> web.Response:
    """Return the node's metrics in Prometheus's text format."""
    site = request.app[SITE]
    site.metrics.observe(
        Snapshot(
            ready=(await readiness_of(site)).ready,
            calls=len(site.owner.live),
            sockets=site.sockets.count,
            gateways=[
                GatewayNow(g.id, g.connected, site.pool.is_draining(g.id), g.session_count)
                for g in site.pool.gateways
            ],
            bus_connected=site.store.bus.silence == 0,
            events_waiting=site.events.waiting,
            commands_waiting=site.desk.waiting,
        )
    )
    # Some ten milliseconds of work, which no one else should wait for.
    body = await asyncio.to_thread(generate_latest, site.metrics.registry)
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})


@routes.get("/.well-known/jwks.json")
async def jwks(request: web.Request) -> web.Response:
    """Return the public keys that tokens are verified with (RFC 7517)."""
    return web.json_response(
        request.app[SITE].signing_keys.jwks(), headers={"Cache-Control": "public, max-age=300"}
    )


async def readiness_of(site: Site) -> Readiness:
    """Find out how the node is, and judge it."""
    await site.pulse.ask_redis()
    facts = Facts(
        leaving=site.owner.leaving,
        redis_trouble=site.pulse.redis_trouble,
        redis_silence=site.pulse.redis_silence,
        redis_seconds=site.pulse.redis_seconds,
        bus_silence=site.store.bus.silence,
        lease_age=site.owner.lease_age,
        loop_lag=site.pulse.loop_lag,
        keys_trouble=site.signing_keys.trouble(),
        gateways={
            g.id: gateway_is(
                connected=g.connected,
                known=g.info is not None,
                dead=g.dead,
                draining=site.pool.is_draining(g.id),
            )
            for g in site.pool.gateways
        },
    )
    return readiness(facts, site.settings.timers.lease)
