"""Guests: links that let someone outside the centrals watch one call, and nothing else."""

import re
import secrets
from typing import Annotated

import msgspec
import segno
from aiohttp import web

from orchestrator.calls.commands import Done, InviteGuest, OpenGuest, WithdrawGuest
from orchestrator.calls.problems import call_ended, guest_unknown
from orchestrator.domain.ids import CallId, GuestId, Millis
from orchestrator.http.access import (
    check_origin,
    device_of,
    keep_device,
    limit,
    limited_address,
    operator,
    origin_of,
)
from orchestrator.http.bodies import Nothing, json_response, read_json
from orchestrator.http.calls import call_of, led_call, read_phone
from orchestrator.http.keys import CALL, SITE
from orchestrator.identity.grants import GuestGrant
from orchestrator.store.guests import GuestLink
from orchestrator.store.limits import Limit, Share

routes = web.RouteTableDef()

CODE = re.compile(r"[A-Za-z0-9_-]{22}")
"""A guest's code: 128 random bits."""


class GuestRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``POST /api/v1/calls/{call}/guests``; ``label`` says who it is for, to the call's operators alone.

    With ``phone`` the link is sent there as a text message, and the number is not kept.
    """

    label: Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=r"^\S(.*\S)?$")]
    phone: str | None = None


class GuestInvited(msgspec.Struct, frozen=True):
    """A new guest; the link is told this once. ``qr`` is it as an SVG, in a data URI."""

    id: GuestId
    label: str
    link: str
    qr: str
    until: Millis


class GuestOpened(msgspec.Struct, frozen=True):
    """What a guest's page needs to watch."""

    call: CallId
    token: str
    central_name: str
    exercise: bool


@routes.post("/api/v1/calls/{call}/guests")
async def invite_guest(request: web.Request) -> web.Response:
    """Make a link for a guest, and send it where a number is given."""
    check_origin(request)
    site, call = request.app[SITE], await led_call(request)
    wanted, limits = await read_json(request, GuestRequest), site.settings.limits
    phone = None if wanted.phone is None or not wanted.phone.strip() else read_phone(wanted.phone)
    shares = [Share(Limit.GUESTS, call.id, limits.guests_per_minute_per_call)]
    if phone is not None:
        shares.append(Share(Limit.GUEST_TEXTS, call.lead, limits.guest_texts_per_minute_per_seat))
    await limit(request, *shares)
    id, code = GuestId(secrets.token_urlsafe(16)), secrets.token_urlsafe(16)
    command = InviteGuest(call.id, call.lead, id, wanted.label, texted=phone is not None)
    state = await site.desk.state(command)
    guest = next((guest for guest in state.guests if guest.id == id), None)
    if guest is None:
        raise call_ended()
    await site.store.guests.put(code, GuestLink(call.id, id), (guest.until - site.clock()) / 1000)
    link = f"{origin_of(request)}/g/{code}"
    qr = segno.make(link, error="m", micro=False).svg_data_uri(border=4, light="#fff")
    if phone is not None:
        site.guest_texts.send(state, id, link, phone)
    return json_response(GuestInvited(id, wanted.label, link, qr, guest.until), status=201)


@routes.delete("/api/v1/calls/{call}/guests/{guest}")
async def withdraw_guest(request: web.Request) -> web.Response:
    """Show a guest out; doing it again changes nothing."""
    check_origin(request)
    grant, call = await operator(request), await call_of(request)
    guest = GuestId(request.match_info["guest"])
    await request.app[SITE].desk.ask(WithdrawGuest(call.id, grant.seat, guest))
    return web.Response(status=204)


@routes.post("/api/v1/guests/{code}/open")
async def open_guest(request: web.Request) -> web.Response:
    """Let the first browser that asks in, and it alone."""
    check_origin(request)
    await read_json(request, Nothing)
    site, link = request.app[SITE], await _link(request)
    device = device_of(request)
    done = await site.desk.ask(OpenGuest(link.call, link.guest, device))
    assert isinstance(done, Done)
    left = next((guest.until - site.clock() for guest in done.state.guests if guest.id == link.guest), 0)
    central = site.directory.central_of(done.state.seat)
    token = site.tokens.issue(GuestGrant(link.call, link.guest), max(1, left / 1000))
    opened = GuestOpened(
        link.call, token, "" if central is None else central.name, exercise=done.state.exercise
    )
    response = json_response(opened)
    keep_device(request, response, device)
    return response


async def _link(request: web.Request) -> GuestLink:
    """Return what the code of the path stands for; wrong ones are counted by address."""
    site, code = request.app[SITE], request.match_info["code"]
    limits = site.settings.limits
    guess = Share(Limit.GUESSES, limited_address(request), limits.guesses_per_minute)
    if CODE.fullmatch(code):
        opens = Share(Limit.OPENS, code, limits.opens_per_minute_per_call)
        await limit(request, msgspec.structs.replace(guess, look=True), opens)
        link = await site.store.guests.get(code)
        if link is not None:
            request[CALL] = link.call
            return link
    await limit(request, guess)
    raise guest_unknown()
