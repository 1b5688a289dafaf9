"""A bare script that makes the Janus requests of whole calls, and no more: what signalling costs at the least.

    python -m bench.load.bare --url ws://127.0.0.1:8188 --offer FILE --rate 20 --seconds 15 --linger 10

It opens one socket, starts a call so many times a second and prints the CPU seconds that they have cost it. It checks
nothing, times nothing out, mends nothing and tells no one. The peers are in a thread of their own: they are the
browsers' part, and their time is not counted.
"""

import argparse
import asyncio
import itertools
import sys
import threading
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from bench.load.peers import Peer, SpokenPeer
from bench.load.rtc import RtcPeer

T = TypeVar("T")


class Cost(msgspec.Struct, frozen=True):
    """What the script has used: CPU seconds, calls, requests, and the milliseconds each call's requests took."""

    cpu: float
    calls: int
    requests: int
    milliseconds: list[float]


class Bare:
    """One socket, with the answers and events that are waited for."""

    def __init__(self, socket: ClientConnection, secrets: dict[str, str], peers: "Peers") -> None:
        self._socket = socket
        self._secrets = secrets
        self._peers = peers
        self._numbers = itertools.count(1)
        self._answers: dict[str, asyncio.Future[Any]] = {}
        self._ups: dict[int, asyncio.Event] = {}
        self.requests = 0

    async def read(self) -> None:
        """Hand out what comes until the socket closes."""
        async for text in self._socket:
            message = msgspec.json.decode(text)
            answer = self._answers.get(message.get("transaction", ""))
            if answer is not None and message["janus"] != "ack" and not answer.done():
                answer.set_result(message)
            elif message["janus"] == "webrtcup":
                self._ups.setdefault(message["sender"], asyncio.Event()).set()

    async def ask(self, **fields: Any) -> Any:
        """Make a request and return its answer."""
        transaction = str(next(self._numbers))
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._answers[transaction] = future
        self.requests += 1
        request = {**fields, "apisecret": self._secrets["api_secret"], "transaction": transaction}
        await self._socket.send(msgspec.json.encode(request).decode())
        answer = await future
        del self._answers[transaction]
        return answer

    async def call(self, linger: float) -> float:
        """Make the requests of one whole call; return the milliseconds from the first to the viewer's answer."""
        since = time.perf_counter()
        session = (await self.ask(janus="create"))["data"]["id"]
        room = f"bare-{session}"
        admin = await self._attach(session)
        await self._say(
            session, admin, request="create", room=room, admin_key=self._secrets["admin_key"], pin="pin"
        )
        await self.ask(janus="detach", session_id=session, handle_id=admin)
        phone = await self._attach(session)
        up = self._ups.setdefault(phone, asyncio.Event())
        sender, viewer = self._peers.make(), self._peers.make()
        jsep = {"type": "offer", "sdp": await self._peers.do(sender.offer())}
        answered = await self._say(
            session, phone, jsep, request="joinandconfigure", ptype="publisher", room=room, pin="pin", id=room
        )
        await self._peers.do(sender.accept(answered["jsep"]["sdp"]))
        await up.wait()
        screen = await self._attach(session)
        offered = await self._say(
            session,
            screen,
            request="join",
            ptype="subscriber",
            room=room,
            pin="pin",
            streams=[{"feed": room}],
        )
        offer = offered["jsep"]["sdp"]
        answer = {"type": "answer", "sdp": await self._peers.do(viewer.answer(offer))}
        await self._say(session, screen, answer, request="start")
        took = (time.perf_counter() - since) * 1000
        await self._peers.do(viewer.watch(offer))
        await asyncio.sleep(linger)
        await self.ask(janus="destroy", session_id=session)
        await self._peers.do(sender.close())
        await self._peers.do(viewer.close())
        del self._ups[phone]
        return took

    async def _attach(self, session: int) -> int:
        answer = await self.ask(janus="attach", session_id=session, plugin="janus.plugin.videoroom")
        return int(answer["data"]["id"])

    async def _say(self, session: int, handle: int, jsep: Any = None, **body: Any) -> Any:
        more = {} if jsep is None else {"jsep": jsep}
        return await self.ask(janus="message", session_id=session, handle_id=handle, body=body, **more)


class Peers:
    """Makes peers, and does what they do in a thread of its own."""

    def __init__(self, offer: str, *, real: bool) -> None:
        self._offer = offer
        self._real = real
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def make(self) -> Peer:
        """Make a peer."""
        return RtcPeer(self._offer) if self._real else SpokenPeer(self._offer)

    async def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Do a peer's work there and wait for it."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    def close(self) -> None:
        """End the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def run(options: argparse.Namespace) -> Cost:
    """Make calls at a rate for a while, and return what they have cost."""
    secrets = {"api_secret": options.api_secret, "admin_key": options.admin_key}
    offer = options.offer.read_text().replace("\n", "\r\n")
    protocols = [Subprotocol("janus-protocol")]
    async with connect(options.url, subprotocols=protocols, proxy=None, compression=None) as socket:
        peers = Peers(offer, real=options.real)
        bare = Bare(socket, secrets, peers)
        reading = asyncio.create_task(bare.read())
        began = time.thread_time()
        async with asyncio.TaskGroup() as calls:
            tasks = []
            for _ in range(int(options.rate * options.seconds)):
                tasks.append(calls.create_task(bare.call(options.linger)))
                await asyncio.sleep(1 / options.rate)
        cost = Cost(time.thread_time() - began, len(tasks), bare.requests, [t.result() for t in tasks])
    await reading
    peers.close()
    return cost


def main() -> None:
    """Read the command line, make the calls and print what they have cost."""
    parser = argparse.ArgumentParser(prog="python -m bench.load.bare", description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--api-secret", default="")
    parser.add_argument("--admin-key", default="")
    parser.add_argument("--offer", type=Path, required=True, help="file with the phone's offer")
    parser.add_argument("--real", action="store_true", help="connect with ICE and DTLS")
    parser.add_argument("--rate", type=float, default=20.0)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--linger", type=float, default=10.0)
    options = parser.parse_args()
    cost = asyncio.run(run(options))
    sys.stdout.buffer.write(msgspec.json.encode(cost) + b"\n")


if __name__ == "__main__":
    main()
