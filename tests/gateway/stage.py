"""One call's media, set up by hand: a room, a publisher, a viewer."""

import asyncio
from dataclasses import dataclass

from orchestrator import config
from orchestrator.domain.ids import SeatId
from orchestrator.janus import videoroom
from orchestrator.janus.events import WebRtcUp
from orchestrator.janus.gateway import Gateway
from orchestrator.janus.session import Handle, Session
from orchestrator.janus.videoroom import Room
from tests.doubles.events import Events
from tests.doubles.peer import Peer, Peers

FEED = "feed"
VIDEO = config.Video()


@dataclass
class Stage:
    """A publisher and a viewer, both connected."""

    session: Session
    room: Room
    phone: Peer
    publisher: Handle
    screen: Peer
    viewer: Handle


async def room_in(gateway: Gateway, settings: config.Gateway) -> tuple[Session, Room]:
    """Make a session, and the room in it."""
    session = await gateway.create_session()
    room = videoroom.room_of(SeatId("plass-1"), settings)
    await videoroom.ensure_room(session, room, video=VIDEO)
    return session, room


async def publish(session: Session, room: Room, events: Events, phone: Peer) -> Handle:
    """Let a phone connect, warm."""
    publisher = await session.attach()
    offer = await phone.offer_warm()
    await phone.accept(await videoroom.publish(publisher, room, FEED, offer, max_kbps=2500))
    await events.expect(WebRtcUp(session.id, publisher.id))
    return publisher


async def watch(session: Session, room: Room, events: Events, screen: Peer) -> Handle:
    """Let a screen connect to the phone's feed."""
    viewer = await session.attach()
    offer = await videoroom.subscribe(viewer, room, FEED)
    await videoroom.start(viewer, await screen.answer(offer))
    await events.expect(WebRtcUp(session.id, viewer.id))
    return viewer


async def set_up(gateway: Gateway, settings: config.Gateway, events: Events, peers: Peers) -> Stage:
    """Connect both ends with no picture yet."""
    session, room = await room_in(gateway, settings)
    phone, screen = await peers.new(), await peers.new()
    publisher = await publish(session, room, events, phone)
    viewer = await watch(session, room, events, screen)
    return Stage(session, room, phone, publisher, screen, viewer)


async def emptied(session: Session, room: Room) -> None:
    """Wait until nobody is in the room: 1.4.1 answers a destroyed session before it has cleared the room."""
    async with asyncio.timeout(5):
        while await videoroom.participants(session, room):
            await asyncio.sleep(0.01)
