"""TURN credentials are those that coturn computes for itself."""

import base64
import hashlib
import hmac

import msgspec

from orchestrator.config import Turn
from orchestrator.domain.ids import Millis
from orchestrator.identity.turn import ice_servers

NOW = Millis(1_800_000_000_999)
RELAYS = ("turns:turn.example.org:443?transport=tcp", "turn:turn.example.org:3478")


def test_credentials_are_an_expiry_and_its_hmac() -> None:
    """The name is the last second they are good and something random; the password proves the name."""
    [server] = ice_servers(Turn(urls=RELAYS, secret="north", life_seconds=600), NOW, lambda: "abc")
    assert server.urls == RELAYS
    assert server.username == "1800000600:abc"
    # echo -n 1800000600:abc | openssl dgst -sha1 -hmac north -binary | base64
    assert server.credential == "6eaK/frwvGP2fItz/KhPfgI3HYo="


def test_each_browser_has_credentials_of_its_own() -> None:
    """Two asked for in the same second differ."""
    turn = Turn(urls=RELAYS, secret="north")
    [one], [two] = ice_servers(turn, NOW), ice_servers(turn, NOW)
    assert one.username != two.username
    assert one.credential != two.credential
    for server in (one, two):
        assert server.username is not None
        digest = hmac.new(b"north", server.username.encode(), hashlib.sha1).digest()
        assert server.credential == base64.b64encode(digest).decode()


def test_a_stun_server_gets_no_credentials() -> None:
    """It asks for none, and stands apart from the relays."""
    turn = Turn(urls=("stun:stun.example.org", *RELAYS), secret="north")
    stun, relay = msgspec.to_builtins(ice_servers(turn, NOW))
    assert stun == {"urls": ("stun:stun.example.org",)}
    assert set(relay) == {"urls", "username", "credential"}
    assert relay["urls"] == RELAYS


def test_without_servers_there_is_nothing_to_tell() -> None:
    """An installation without TURN gives browsers an empty list."""
    assert ice_servers(Turn(), NOW) == ()
