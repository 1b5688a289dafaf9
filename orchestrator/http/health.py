"""``/healthz``, ``/readyz``, ``/metrics`` and the public signing keys: for machines that look after us."""

import msgspec
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from redis.exceptions import RedisError

from orchestrator.http.bodies import json_response
from orchestrator.http.keys import SITE

routes = web.RouteTableDef()


class Readiness(msgspec.Struct, frozen=True):
    """Whether calls can be made, and what stands in the way."""

    ready: bool
    redis: str
    gateways: dict[str, str]


@routes.get("/healthz")
async def healthz(_request: web.Request) -> web.Response:
    """Say that the process answers."""
    return json_response({"ok": True})


@routes.get("/readyz")
async def readyz(request: web.Request) -> web.Response:
    """Say whether calls can be made; 503 with what is wrong where not."""
    site = request.app[SITE]
    try:
        await site.store.ping()
        redis = "ok"
    except (RedisError, OSError) as error:
        redis = f"unreachable: {type(error).__name__}"
    gateways = {
        str(gateway.id): "ok" if gateway.connected else "unreachable" for gateway in site.pool.gateways
    }
    ready = redis == "ok" and "ok" in gateways.values()
    return json_response(Readiness(ready, redis, gateways), status=200 if ready else 503)


@routes.get("/metrics")
async def metrics(request: web.Request) -> web.Response:
    """Return the node's metrics in Prometheus's text format."""
    site = request.app[SITE]
    site.metrics.observe(calls=len(site.owner.live), sockets=site.sockets.count, gateways=site.pool.gateways)
    return web.Response(
        body=generate_latest(site.metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
    )


@routes.get("/.well-known/jwks.json")
async def jwks(request: web.Request) -> web.Response:
    """Return the public keys that tokens are verified with (RFC 7517)."""
    return web.json_response(
        request.app[SITE].signing_keys.jwks(), headers={"Cache-Control": "public, max-age=300"}
    )
