"""The command line: ``python -m orchestrator COMMAND``; ``--help`` lists the commands."""

import argparse
import asyncio
import getpass
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
from redis.exceptions import RedisError

from orchestrator import config, logs
from orchestrator.billing.errors import BillingError
from orchestrator.demo.system import DemoOptions, StartError, run_demo
from orchestrator.domain.ids import CentralId
from orchestrator.identity.grants import ImpossibleGrantError
from orchestrator.identity.signin import hash_password
from orchestrator.render import render


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks; return the exit status, with one sentence on standard error if not 0."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except (config.SettingsError, StartError, BillingError) as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    """Return the parser of every command."""
    parser = argparse.ArgumentParser(prog="python -m orchestrator", description="Klarsyn's orchestrator.")
    commands = parser.add_subparsers(required=True, metavar="command")

    node = commands.add_parser("node", help="serve browsers until told to stop")
    node.add_argument("--settings", type=Path, required=True, help="the settings file")
    node.add_argument("--name", help="this node's name, unlike every other's")
    node.add_argument("--port", type=int, help="port for HTTP, instead of the settings'")
    node.add_argument("--https-port", type=int, help="port for HTTPS, instead of the settings'")
    node.add_argument("--log-level", default="info", choices=("debug", "info", "warning", "error"))
    node.set_defaults(command=_node)

    rendering = commands.add_parser("render", help="write Janus's, nginx's and coturn's configuration")
    rendering.add_argument("--settings", type=Path, required=True, help="the settings file")
    rendering.add_argument("--out", type=Path, required=True, help="the folder to write to")
    rendering.set_defaults(command=_render)

    demo = commands.add_parser("demo", help="start a whole system on this machine (what ./run does)")
    demo.add_argument("--port", type=int, default=8080, help="HTTP port of the first node (8080)")
    demo.add_argument("--https-port", type=int, help="HTTPS port of the first node (port + 363)")
    demo.add_argument("--nodes", type=int, default=1, help="how many nodes (1)")
    demo.add_argument("--gateways", type=int, default=1, help="how many Janus gateways (1)")
    demo.add_argument("--seats", type=int, default=4, help="how many seats its central has (4)")
    demo.add_argument("--state", type=Path, default=Path(".state"), help="folder for state and logs (.state)")
    demo.set_defaults(command=_demo)

    password = commands.add_parser("hash-password", help="print the Argon2id hash of a password")
    password.set_defaults(command=_hash_password)

    token = commands.add_parser("service-token", help="print a token for an ICCS installation")
    token.add_argument("--settings", type=Path, required=True, help="the settings file")
    token.add_argument("--service", required=True, help="the service's id")
    token.add_argument("--central", help="the central of a service that is not in the settings")
    token.add_argument(
        "--days", type=int, default=90, help="days that the token is good for (90, at most 366)"
    )
    token.set_defaults(command=_service_token)

    for name, doing in (
        ("drain", "let no new call go to a gateway"),
        ("undrain", "let calls go to it again"),
    ):
        drain = commands.add_parser(name, help=doing)
        drain.add_argument("--settings", type=Path, required=True, help="the settings file")
        drain.add_argument("--gateway", required=True, help="the gateway's id")
        drain.set_defaults(command=_drain, draining=name == "drain")

    invoices = commands.add_parser(
        "invoices", help="write a period's invoice basis, invoices and credit notes"
    )
    invoices.add_argument("--register", type=Path, required=True, help="file with seller, parties and seats")
    invoices.add_argument("--rules", type=Path, help="file with prices and payers, instead of the built-in")
    invoices.add_argument("--from", dest="since", type=_day, required=True, help="the period's first day")
    invoices.add_argument("--until", type=_day, required=True, help="the first day after the period")
    invoices.add_argument("--issued", type=_day, help="the day that the papers bear (today)")
    invoices.add_argument("--first-number", type=int, default=1, help="number of the very first paper (1)")
    invoices.add_argument(
        "--out", type=Path, required=True, help="the folder that knows what was charged before"
    )
    invoices.set_defaults(command=_invoices)
    return parser


def _day(text: str) -> date:
    """Read a day: 2021-01-31."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day like 2021-01-31") from None


def _node(options: argparse.Namespace) -> int:
    """Serve browsers until SIGTERM."""
    # The other commands need none of what a node imports, and must start fast.
    from orchestrator.app import serve  # noqa: PLC0415 - a command imports what it alone needs

    settings = config.load(options.settings)
    listen = settings.listen
    settings = msgspec.structs.replace(
        settings,
        node_name=options.name or settings.node_name,
        listen=msgspec.structs.replace(
            listen,
            port=options.port or listen.port,
            https_port=options.https_port or listen.https_port,
        ),
    )
    logs.set_up(settings.node_name, options.log_level)
    asyncio.run(serve(settings))
    return 0


def _render(options: argparse.Namespace) -> int:
    """Write the configuration files and name them."""
    for path in render(config.load(options.settings), options.out):
        print(path)
    return 0


def _demo(options: argparse.Namespace) -> int:
    """Run the demo system until SIGINT or SIGTERM."""
    return asyncio.run(
        run_demo(
            DemoOptions(
                port=options.port,
                https_port=options.https_port or options.port + 363,
                nodes=options.nodes,
                gateways=options.gateways,
                seats=options.seats,
                state=options.state.resolve(),
            )
        )
    )


def _hash_password(_: argparse.Namespace) -> int:
    """Ask for a password, or read it from a pipe, and print its hash."""
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if not password:
        raise config.SettingsError("The password is empty.")
    print(hash_password(password))
    return 0


def _service_token(options: argparse.Namespace) -> int:
    """Print a bearer token with which a service may start and end its central's calls."""
    from orchestrator.app import issue_service_token  # noqa: PLC0415 - a command imports what it alone needs

    settings = config.load(options.settings)
    service = next((known for known in settings.services if known.id == options.service), None)
    if service is None and options.central:
        # One that was made while the system ran; a token for one that there is not opens nothing.
        service = config.Service(options.service, CentralId(options.central))
    if service is None:
        raise config.SettingsError(f"There is no service {options.service!r} in the settings.")
    try:
        print(asyncio.run(issue_service_token(settings, service, options.days * 86400.0)))
    except ImpossibleGrantError as error:
        raise config.SettingsError(str(error)) from error
    return 0


def _drain(options: argparse.Namespace) -> int:
    """Let no new calls go to a gateway, or let them again."""
    from orchestrator.app import set_draining  # noqa: PLC0415 - a command imports what it alone needs

    settings = config.load(options.settings)
    if all(gateway.id != options.gateway for gateway in settings.gateways):
        raise config.SettingsError(f"There is no gateway {options.gateway!r} in the settings.")
    try:
        asyncio.run(set_draining(settings, options.gateway, draining=options.draining))
    except RedisError as error:
        raise config.SettingsError(f"Redis can not be reached: {error}.") from error
    return 0


def _invoices(options: argparse.Namespace) -> int:
    """Write what a period's seats cost, and name the files."""
    # As above: no other command needs them.
    from orchestrator.billing.days import Period  # noqa: PLC0415 - a command imports what it alone needs
    from orchestrator.invoicing import make_invoices  # noqa: PLC0415 - a command imports what it alone needs

    try:
        period = Period(options.since, options.until)
    except ValueError as error:
        raise BillingError(f"--until: {error}.") from error
    issued = options.issued or datetime.now(UTC).date()
    for path in make_invoices(
        options.register, options.rules, period, options.out, issued=issued, first_number=options.first_number
    ):
        print(path)
    return 0
