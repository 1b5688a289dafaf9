"""Settings: one TOML file, read once, checked whole, with an error that names the line to mend.

The same file is what Janus's, nginx's and coturn's configuration is rendered from (``orchestrator.render``).
"""

from pathlib import Path

import msgspec

from orchestrator.domain.central import Central
from orchestrator.domain.ids import CentralId, GatewayId, SeatId


class Listen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a node listens for browsers; TLS here only where no nginx stands in front."""

    host: str = "127.0.0.1"
    port: int = 8080
    https_port: int | None = None
    certificate: Path | None = None
    private_key: Path | None = None


class Redis(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the shared state is."""

    url: str = "redis://127.0.0.1:6379/0"
    prefix: str = "klarsyn:"


class Gateway(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One Janus instance, reachable by the nodes alone."""

    id: GatewayId
    url: str
    api_secret: str = ""
    admin_key: str = ""
    room_secret: str = ""
    """Master secret from which each room's own secret and pin are derived."""


class Turn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A TURN server that shares a secret with us (coturn ``use-auth-secret``)."""

    urls: tuple[str, ...] = ()
    secret: str = ""
    life_seconds: int = 3600


class Timers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long things may take, in seconds; tests scale them down."""

    invitation: float = 1800
    call: float = 3600
    caller_lost: float = 180
    caller_silent: float = 3
    viewer_lost: float = 30
    unwatched: float = 300
    unclaimed_media: float = 5
    lease: float = 3
    request: float = 10
    record: float = 86400


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one address, seat or socket may ask of us."""

    guesses_per_minute: int = 20
    sign_ins_per_minute: int = 10
    calls_per_minute_per_seat: int = 20
    devices_per_call: int = 5
    viewers_per_call: int = 10
    socket_queue: int = 100


class Video(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the picture may cost."""

    max_kbps: int = 2500
    start_kbps: int = 1500
    width: int = 1280
    height: int = 720


class Account(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Someone who may sign in; ``password`` is an Argon2id hash (``klarsyn hash-password``)."""

    user: str
    password: str
    central: CentralId
    name: str = ""


class Service(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An ICCS installation that may act for the seats of its central."""

    id: str
    central: CentralId


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything an installation decides."""

    public_url: str = "http://127.0.0.1:8080"
    demo: bool = False
    node_name: str = "node-0"
    key_dir: Path = Path(".state/keys")
    trusted_proxies: tuple[str, ...] = ()
    listen: Listen = Listen()
    redis: Redis = Redis()
    gateways: tuple[Gateway, ...] = msgspec.field(name="gateway", default=())
    turn: Turn = Turn()
    timers: Timers = Timers()
    limits: Limits = Limits()
    video: Video = Video()
    centrals: tuple[Central, ...] = msgspec.field(name="central", default=())
    accounts: tuple[Account, ...] = msgspec.field(name="account", default=())
    services: tuple[Service, ...] = msgspec.field(name="service", default=())

    def central_of(self, seat: SeatId) -> Central | None:
        """Return the central that ``seat`` belongs to, or None where there is no such seat."""
        return next((c for c in self.centrals if any(s.id == seat for s in c.seats)), None)
