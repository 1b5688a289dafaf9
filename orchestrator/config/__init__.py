"""Settings: one TOML file, read once, checked whole, with an error that names the place to mend.

The same file is what Janus's, nginx's and coturn's configuration is rendered from (``orchestrator.render``).
``settings.example.toml`` says in prose what each setting is for.
"""

import os
import string
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from orchestrator.config.billing import Billing
from orchestrator.config.sms import Sms
from orchestrator.config.sms import contradictions as sms_contradictions
from orchestrator.domain.central import Central
from orchestrator.domain.gsm import segments
from orchestrator.domain.ids import CentralId, GatewayId, SeatId
from orchestrator.domain.people import CENTRALS_OWN, EVERYWHERE, Role

ENVIRONMENT_PREFIX = "KLARSYN_"
"""``KLARSYN_LISTEN__PORT`` overrides ``port`` in ``[listen]``, ``KLARSYN_GATEWAY__0__URL`` a gateway's."""

PLACEHOLDER = "change-me"
"""What stands for a secret in ``settings.example.toml``; refused outside demo mode."""


class SettingsError(Exception):
    """Says in one sentence what is wrong in the settings, and where."""


class Listen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a node listens for browsers; TLS here only where no nginx stands in front."""

    host: str = "127.0.0.1"
    port: int = 8080
    https_host: str | None = None
    """Where TLS is listened for; None is ``host``."""
    https_port: int | None = None
    certificate: Path | None = None
    private_key: Path | None = None


class Redis(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the shared state is."""

    url: str = "redis://127.0.0.1:6379/0"
    prefix: str = "klarsyn:"
    sentinels: tuple[str, ...] = ()
    """``host:port`` of every sentinel; they say where the primary is, and ``url`` says the rest."""
    master_name: str = "klarsyn"
    sentinel_password: str = ""
    replicas: int = 0
    """How many replicas must have what is to last before anyone is told that it is done."""


class Gateway(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One Janus instance, reachable by the nodes alone."""

    id: GatewayId
    url: str
    api_secret: str = ""
    admin_key: str = ""
    room_secret: str = ""
    """Master secret from which each room's own secret and pin are derived."""
    listen_host: str = "127.0.0.1"
    """Address that Janus's signalling binds to; empty is every address (in a container)."""
    admin_port: int | None = None
    """Port of the admin API, bound like the signalling; None leaves it off."""
    admin_secret: str = ""
    rtp_port_min: int = 20000
    rtp_port_max: int = 20399
    nat_1_1: str | None = None
    """Address that browsers reach Janus at where it is not the host's own."""
    ice_interfaces: tuple[str, ...] = ()
    """Interfaces or addresses that may be ICE candidates; none is all but loopback."""
    library_dir: Path | None = None
    """Folder with Janus's ``plugins`` and ``transports``; None is where Debian puts it."""
    log_to_stdout: bool = True

    @property
    def ws_port(self) -> int:
        """Return the port of the signalling, which ``url`` names."""
        return urlsplit(self.url).port or 8188


class Turn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A TURN server that shares a secret with us (coturn ``use-auth-secret``)."""

    urls: tuple[str, ...] = ()
    secret: str = ""
    life_seconds: int = 3600
    realm: str = "klarsyn"
    listen_host: str | None = None
    external_ip: str | None = None
    port: int = 3478
    tls_port: int | None = None
    certificate: Path | None = None
    private_key: Path | None = None
    relay_port_min: int = 49160
    relay_port_max: int = 49359
    allowed_peers: tuple[str, ...] = ()
    """Addresses a phone may be relayed to: the gateways', and no other private one."""


class Proxy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The nginx that ends TLS in front of the nodes."""

    nodes: tuple[str, ...] = ()
    """``host:port`` of every node; none renders no nginx configuration."""
    server_name: str = "_"
    http_port: int = 80
    """Port that only sends browsers on to HTTPS; 0 leaves it off."""
    https_port: int = 443
    certificate: Path = Path("/etc/nginx/tls/certificate.pem")
    private_key: Path = Path("/etc/nginx/tls/private-key.pem")


class Timers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long things may take, in seconds; tests scale them down."""

    invitation: float = 1800
    call: float = 3600
    caller_lost: float = 180
    viewer_lost: float = 30
    unwatched: float = 300
    unclaimed_media: float = 5
    claim_held: float = 10
    guest: float = 14400
    evaluation: float = 900
    evaluations: float = 34_560_000
    outcomes: float = 34_560_000
    monthly_reports: float = 157_680_000
    accesses: float = 63_072_000
    lease: float = 3
    request: float = 10
    record: float = 86400


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one address, user, seat, call or socket may ask of us, and what a node takes on (docs/reliability.md)."""

    guesses_per_minute: int = 30
    sign_ins_per_minute: int = 120
    sign_ins_per_minute_per_user: int = 10
    sign_ins_waiting: int = 20
    orders_per_minute: int = 5
    orders: int = 2000
    """Orders that are kept; no more are taken, so that nobody fills the shared state with them."""
    support_per_minute: int = 20
    support_cases: int = 2000
    """Cases that are kept; the closed one that has lain longest makes room for a new one."""
    support_cases_per_central: int = 50
    """Open cases of one central."""
    calls_per_minute_per_seat: int = 20
    calls_per_minute_per_central: int = 120
    opens_per_minute_per_call: int = 60
    claims_per_minute_per_call: int = 60
    whip_per_minute_per_call: int = 120
    sockets_per_minute_per_seat: int = 300
    sockets_per_minute_per_call: int = 120
    sockets_per_seat: int = 50
    sockets_per_call: int = 20
    strangers: int = 2000
    """Event sockets that have not said yet who they are, on one node."""
    strangers_per_address: int = 500
    devices_per_call: int = 5
    viewers_per_call: int = 20
    seats_per_call: int = 10
    guests_per_call: int = 10
    guests_per_minute_per_call: int = 20
    guest_texts_per_minute_per_seat: int = 6
    calls_per_seat: int = 4
    socket_queue: int = 100
    messages_per_second: int = 20
    messages_at_once: int = 100
    live_calls_per_node: int = 400
    starts_per_second_per_node: float = 25
    node_lag: float = 0.1


class Video(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the picture may cost."""

    max_kbps: int = 2500
    start_kbps: int = 1500
    width: int = 1280
    height: int = 720


class Account(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Someone who may sign in; ``password`` is an Argon2id hash (``python -m orchestrator hash-password``)."""

    user: str
    password: str
    central: CentralId | None = None
    name: str = ""
    role: Role = Role.OPERATOR


class Service(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An ICCS installation that may act for the seats of its central."""

    id: str
    central: CentralId


class Contact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom people turn to, as the contact page says it. What stands here is made up, and shown in demo mode alone."""

    organisation: str = "Eksempel driftsorganisasjon"
    phone: str = "00 00 00 00"
    mail: str = "kontakt@klarsyn.example"
    hours: str = "08:00–15:30"
    fault_phone: str = "00 00 00 01"
    """Where faults are reported, at all hours."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """Everything an installation decides."""

    public_url: str = "http://127.0.0.1:8080"
    demo: bool = False
    node_name: str = "node-0"
    key_dir: Path = Path(".state/keys")
    documents_dir: Path = Path(".state/documents")
    """Where the documents that centrals upload are kept; all nodes share it."""
    trusted_proxies: tuple[str, ...] = ()
    listen: Listen = Listen()
    redis: Redis = Redis()
    gateways: tuple[Gateway, ...] = msgspec.field(name="gateway", default=())
    turn: Turn = Turn()
    proxy: Proxy = Proxy()
    timers: Timers = Timers()
    limits: Limits = Limits()
    video: Video = Video()
    billing: Billing = Billing()
    contact: Contact = Contact()
    centrals: tuple[Central, ...] = msgspec.field(name="central", default=())
    accounts: tuple[Account, ...] = msgspec.field(name="account", default=())
    services: tuple[Service, ...] = msgspec.field(name="service", default=())
    sms: tuple[Sms, ...] = ()
    """The SMS gateways, the first to be tried first; demo mode has its outbox where there are none."""

    def central_of(self, seat: SeatId) -> Central | None:
        """Return the central that ``seat`` belongs to, or None where there is no such seat."""
        return self._central_by_seat.get(seat)

    def central(self, id: CentralId) -> Central | None:
        """Return the central with this id, or None."""
        return next((central for central in self.centrals if central.id == id), None)

    @cached_property
    def _central_by_seat(self) -> dict[SeatId, Central]:
        """Every request asks for a seat's central, and a country has a thousand seats."""
        return {seat.id: central for central in self.centrals for seat in central.seats}


def load(path: Path, overrides: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings at ``path``, with what ``overrides`` (the environment) puts in their place.

    Raises ``SettingsError``, whose text is one sentence that names the file and the setting.
    """
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: is not UTF-8 text.") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: is not TOML: {error}.") from error
    named = {
        name: name.removeprefix(ENVIRONMENT_PREFIX).lower().split("__")
        for name in sorted(overrides)
        if name.startswith(ENVIRONMENT_PREFIX)
    }
    for name, steps in named.items():
        _override(tree, name, steps, overrides[name])
    try:
        settings = msgspec.convert(tree, Settings, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise SettingsError(_sentence(path, str(error), named)) from error
    for where, trouble in _contradictions(settings):
        raise SettingsError(f"{path}: {where}: {trouble}.")
    return settings


def _decode(kind: type[Any], value: object) -> object:
    """Turn text into the types that msgspec does not know."""
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise ValueError(f"Expected `{kind.__name__}`, got `{type(value).__name__}`")


def _override(tree: dict[str, Any], name: str, steps: list[str], value: str) -> None:
    """Put ``value`` at ``steps`` in ``tree``; text that begins with a bracket is a TOML array."""
    place: Any = tree
    for step in steps[:-1]:
        if isinstance(place, list):
            if not step.isdigit() or int(step) >= len(place):
                raise SettingsError(f"{name}: the settings file has no entry number {step} there.")
            place = place[int(step)]
        else:
            place = place.setdefault(step, {})
        if not isinstance(place, dict | list):
            raise SettingsError(f"{name}: {step} is not a table.")
    if isinstance(place, list):
        raise SettingsError(f"{name}: must end with the name of a setting.")
    try:
        place[steps[-1]] = tomllib.loads(f"value = {value}")["value"] if value.startswith("[") else value
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{name}: is not a TOML array: {error}.") from error


def _sentence(path: Path, trouble: str, named: Mapping[str, list[str]]) -> str:
    """Say what msgspec found wrong, where in the file, and which variable of the environment put it there."""
    what, _, where = trouble.partition(" - at `$")
    place = where.rstrip("`").lstrip(".") or "top level"
    spelled = place.replace("[", ".").replace("]", "").split(".")
    culprits = [name for name, steps in named.items() if steps == spelled or f"`{steps[-1]}`" in what]
    source = f" (set by {', '.join(culprits)})" if culprits else ""
    return f"{path}: {place}: {what[0].lower()}{what[1:]}{source}."


def _contradictions(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield what types alone cannot refuse, as (place, trouble)."""
    url = urlsplit(settings.public_url)
    if url.scheme not in ("http", "https") or not url.hostname or url.path.strip("/") or url.query:
        yield "public_url", "must be http(s)://host[:port] with nothing after it"
    listen = settings.listen
    if listen.https_port is not None and (listen.certificate is None or listen.private_key is None):
        yield "listen.https_port", "needs listen.certificate and listen.private_key too"
    if settings.turn.urls and settings.turn.secret in ("", PLACEHOLDER):
        yield "turn.secret", "is missing, and the TURN server shares it with us"
    for sentinel in settings.redis.sentinels:
        host, _, port = sentinel.rpartition(":")
        if not host or not port.isdigit():
            yield "redis.sentinels", f"{sentinel!r} must be host:port"
    if settings.redis.sentinels and urlsplit(settings.redis.url).scheme == "unix":
        yield "redis.url", "must be redis:// or rediss:// where there are sentinels"
    if settings.redis.replicas < 0:
        yield "redis.replicas", "must be 0 or more"
    if not 0 < settings.timers.guest <= 14400:
        yield "timers.guest", "must be above 0 and at most 14400"
    yield from _gateway_contradictions(settings)
    centrals = [central.id for central in settings.centrals]
    for index, central in enumerate(settings.centrals):
        for other in central.share_with:
            if other not in centrals:
                yield f"central[{index}].share_with", f"there is no central {other!r}"
    yield from _twice("central", "id", centrals)
    yield from _twice("central.seat", "id", [seat.id for c in settings.centrals for seat in c.seats])
    yield from _twice("billing.party", "id", [party.id for party in settings.billing.parties])
    parties = {party.id for party in settings.billing.parties}
    for index, stay in enumerate(settings.billing.stays):
        if stay.central not in centrals:
            yield f"billing.stay[{index}].central", f"there is no central {stay.central!r}"
        if stay.customer not in parties:
            yield f"billing.stay[{index}].customer", f"there is no party {stay.customer!r}"
    yield from _twice("account", "user", [account.user for account in settings.accounts])
    for index, account in enumerate(settings.accounts):
        yield from _account_contradictions(f"account[{index}]", account, centrals)
        if not account.password.startswith("$argon2id$"):
            yield f"account[{index}].password", "must be a hash made by: python -m orchestrator hash-password"
    yield from sms_contradictions(settings.sms, demo=settings.demo)
    yield from _twice("sms", "id", [gateway.id for gateway in settings.sms])
    for index, central in enumerate(settings.centrals):
        yield from _text_contradictions(f"central[{index}]", central, settings.public_url)
    for index, service in enumerate(settings.services):
        if service.central not in centrals:
            yield f"service[{index}].central", f"there is no central {service.central!r}"


def _account_contradictions(
    place: str, account: Account, centrals: list[CentralId]
) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with whom an account is for."""
    if account.central is None:
        if account.role not in EVERYWHERE:
            yield f"{place}.central", f"is missing, and the role {account.role} is for one central"
    elif account.central not in centrals:
        yield f"{place}.central", f"there is no central {account.central!r}"
    elif account.role not in CENTRALS_OWN:
        yield f"{place}.central", f"must be left out: the role {account.role} is for the whole installation"


def _text_contradictions(place: str, central: Central, origin: str) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a central's own text messages."""
    if len(central.sms_sender) > 15:
        yield f"{place}.sms_sender", "must be a name of at most 11 letters, or a number"
    for language, text in central.sms_text.items():
        trouble = trouble_with_text(text, central.name, origin)
        if trouble is not None:
            yield f"{place}.sms_text.{language}", trouble


def trouble_with_text(text: str, central_name: str, origin: str) -> str | None:
    """Say what is wrong with a central's own words for an invitation, or None."""
    link = f"{origin}/v/K7M4RX"
    try:
        # Looked at before it is filled in: a field may say a width, and so how much memory it takes.
        fields = [
            field for _, name, spec, how in string.Formatter().parse(text) for field in (name, spec, how)
        ]
        if not {field for field in fields if field} <= {"link", "central"}:
            raise ValueError
        written = text.format(link=link, central=central_name)
    except (KeyError, IndexError, ValueError):
        return "may name {link} and {central}, and nothing else in braces"
    if link not in written:
        return "must have {link}"
    if written.index(link) + len(link) > segments(written).first:
        return "must have {link} earlier: a segment break would cut it"
    return None


def _gateway_contradictions(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the gateways."""
    yield from _twice("gateway", "id", [gateway.id for gateway in settings.gateways])
    for index, gateway in enumerate(settings.gateways):
        place = f"gateway[{index}]"
        if urlsplit(gateway.url).scheme not in ("ws", "wss"):
            yield f"{place}.url", "must begin with ws:// or wss://"
        if not 1024 <= gateway.rtp_port_min < gateway.rtp_port_max <= 65535:
            yield f"{place}.rtp_port_min", "must be below rtp_port_max, both from 1024 to 65535"
        if gateway.admin_port is not None and not gateway.admin_secret:
            yield f"{place}.admin_secret", "is missing, and the admin API must not be open"
        if settings.demo:
            continue
        for name in ("api_secret", "admin_key", "room_secret"):
            if getattr(gateway, name) in ("", PLACEHOLDER):
                yield f"{place}.{name}", "must be a secret of your own; openssl rand -hex 32 makes one"


def _twice(place: str, field: str, values: list[Any]) -> Iterator[tuple[str, str]]:
    """Yield a trouble for every value that is there more than once."""
    for value, count in Counter(values).items():
        if count > 1:
            yield f"{place}.{field}", f"{value!r} is there {count} times"
