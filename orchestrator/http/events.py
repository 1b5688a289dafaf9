"""``/api/v1/events``: the WebSocket that consoles and callers' pages live on."""

import asyncio
from typing import Final

import msgspec
from aiohttp import web
from redis.exceptions import RedisError

from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.http.access import OPERATOR_COOKIE, check_origin, limit, limited_address, verify
from orchestrator.http.caller_socket import CallerSocket
from orchestrator.http.console_socket import ConsoleSocket
from orchestrator.http.conversation import texts
from orchestrator.http.guest_socket import GuestSocket
from orchestrator.http.keys import SITE
from orchestrator.http.messages import Auth
from orchestrator.http.sockets import Close, ClosedError, Socket
from orchestrator.identity.grants import CallerGrant, GuestGrant, OperatorGrant
from orchestrator.store.limits import Limit, Share

routes = web.RouteTableDef()

AUTH_SECONDS: Final = 10.0

_read_auth = texts(msgspec.json.Decoder(Auth).decode)


@routes.get("/api/v1/events")
async def events(request: web.Request) -> web.StreamResponse:
    """Serve one socket from its first message to its close."""
    check_origin(request)
    async with request.app[SITE].sockets.accept(request, limited_address(request)) as socket:
        code = Close.GOING_AWAY
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(socket.write(), name="socket writer")
                tasks.create_task(_serve(request, socket), name="socket reader")
        except* ClosedError as group:
            code = next(error.code for error in _leaves(group))
        await socket.part(code)
        return socket.response


async def _serve(request: web.Request, socket: Socket) -> None:
    """Let the browser say who it is, then serve it as a console or as a caller; raises ClosedError at the end."""
    try:
        async with asyncio.timeout(AUTH_SECONDS):
            auth = _read_auth(await socket.receive())
    except TimeoutError as error:
        raise ClosedError(Close.NO_AUTH) from error
    except (msgspec.MsgspecError, ValueError) as error:
        raise ClosedError(Close.MALFORMED) from error
    site = request.app[SITE]
    try:
        if auth.token is not None:
            grant = (await verify(request, auth.token, CallerGrant, GuestGrant)).grant
            assert isinstance(grant, CallerGrant | GuestGrant)
            most = site.settings.limits.sockets_per_minute_per_call
            await limit(request, Share(Limit.SOCKETS_OF_CALL, grant.call, most))
            if isinstance(grant, GuestGrant):
                await GuestSocket(site, socket, grant).serve()
            else:
                await CallerSocket(site, socket, grant).serve()
        elif auth.viewer is not None:
            operator = await verify(request, request.cookies.get(OPERATOR_COOKIE), OperatorGrant)
            most = site.settings.limits.sockets_per_minute_per_seat
            await limit(request, Share(Limit.SOCKETS_OF_SEAT, operator.grant.seat, most))
            await ConsoleSocket(site, socket, operator, auth.viewer).serve()
        else:
            raise ClosedError(Close.MALFORMED)
    except ProblemError as problem:
        if problem.problem in (Problem.NOT_SIGNED_IN, Problem.FORBIDDEN):
            raise ClosedError(Close.NOT_SIGNED_IN) from problem
        if problem.problem is Problem.TOO_MANY_REQUESTS:
            raise ClosedError(Close.TOO_MUCH) from problem
        raise ClosedError(Close.GOING_AWAY) from problem
    except (RedisError, OSError) as error:
        raise ClosedError(Close.GOING_AWAY) from error


def _leaves(group: BaseExceptionGroup[ClosedError]) -> list[ClosedError]:
    found: list[ClosedError] = []
    for error in group.exceptions:
        found += _leaves(error) if isinstance(error, BaseExceptionGroup) else [error]
    return found
