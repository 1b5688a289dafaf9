"""The media end of a played phone or console: words alone for the gateway double, ICE and DTLS for a real one."""

from typing import Protocol

from tests.doubles.sdp import browser_answer


class Peer(Protocol):
    """One peer connection, as far as it is played."""

    async def offer(self) -> str:
        """Return the offer of one sendonly video."""

    async def accept(self, answer: str) -> None:
        """Take the answer to it, and connect."""

    async def answer(self, offer: str) -> str:
        """Return the answer to an offer."""

    async def watch(self, offer: str) -> None:
        """Connect to where the offer came from, once it has been answered."""

    async def close(self) -> None:
        """Let go of it."""


class SpokenPeer:
    """Says what a browser says, and connects to nothing: the gateway double does not mind."""

    def __init__(self, offer: str) -> None:
        self._offer = offer

    async def offer(self) -> str:
        """Return what Chromium offers while it has no track."""
        return self._offer

    async def accept(self, answer: str) -> None:
        """Look no further."""

    async def answer(self, offer: str) -> str:
        """Return what a browser answers."""
        return browser_answer(offer)

    async def watch(self, offer: str) -> None:
        """Look no further."""

    async def close(self) -> None:
        """Have nothing to let go of."""
