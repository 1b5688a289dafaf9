"""Short-lived TURN credentials, as coturn's ``use-auth-secret`` checks them.

The user name is ``expiry:random`` with the expiry in Unix seconds, and the password an HMAC-SHA1 of it
(draft-uberti-behave-turn-rest-00): coturn and we share a secret, and no list of users.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable

import msgspec

from orchestrator.config import Turn
from orchestrator.domain.ids import Millis


class IceServer(msgspec.Struct, frozen=True, omit_defaults=True):
    """A server for ICE, as ``RTCConfiguration.iceServers`` wants it in JSON."""

    urls: tuple[str, ...]
    username: str | None = None
    credential: str | None = None


def ice_servers(
    turn: Turn, now: Millis, new_name: Callable[[], str] = lambda: secrets.token_hex(8)
) -> tuple[IceServer, ...]:
    """List the servers a browser may use from ``now``, with credentials of its own for the TURN ones."""
    plain = tuple(url for url in turn.urls if url.startswith(("stun:", "stuns:")))
    relays = tuple(url for url in turn.urls if url not in plain)
    servers = [IceServer(plain)] if plain else []
    if relays:
        username = f"{now // 1000 + turn.life_seconds}:{new_name()}"
        # SHA-1 is what coturn computes; an HMAC does not rest on its being free of collisions.
        digest = hmac.new(turn.secret.encode(), username.encode(), hashlib.sha1).digest()
        servers.append(IceServer(relays, username, base64.b64encode(digest).decode()))
    return tuple(servers)
