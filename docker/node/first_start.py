#!/usr/bin/env python3
"""Runs before everything else: makes what must be secret, once, and renders every other container's configuration.

Secrets are made where there are none and never changed: remove the volume ``secrets`` to have new ones. The
configuration is rendered at every start, so that a change in the settings file is taken up; which containers' has
changed is printed, for docker/compose-up to restart them.
"""

import os
import secrets
import shlex
import shutil
import socket
import struct
import sys
from collections.abc import Mapping
from ipaddress import IPv4Network, ip_address
from pathlib import Path

from orchestrator import config
from orchestrator.demo.certificate import ensure_certificate
from orchestrator.identity.signin import hash_password
from orchestrator.render import render

SETTINGS = Path("/etc/klarsyn/settings.toml")
SECRETS = Path("/secrets")
CONFIG = Path("/config")
OWN_CERTIFICATE = Path("/tls")
OPERATOR = "operator"
"""The one account there is until the settings file has others."""


def main() -> None:
    """Leave every volume as its container needs it; print the first password where it has just been made."""
    os.umask(0o077)
    made = _secrets(SECRETS / "secrets.env")
    derived = {"KLARSYN_TRUSTED_PROXIES": f'["{_front_network()}"]'}
    _write_environment(SECRETS / "derived.env", derived)

    settings = config.load(SETTINGS, {**os.environ, **made, **derived})
    work = SECRETS / "rendered"
    shutil.rmtree(work, ignore_errors=True)
    render(settings, work)
    changed = {
        "janus": _put(work / "janus" / settings.gateways[0].id, CONFIG / "janus"),
        "nginx": _put(work / "nginx", CONFIG / "nginx") | _certificate(settings, CONFIG / "nginx"),
        "coturn": _put(work / "coturn", CONFIG / "coturn") | _certificate(settings, CONFIG / "coturn"),
        "redis": _write(CONFIG / "redis" / "redis.conf", _redis(made)),
        "node-0 node-1": _write(SECRETS / "settings-seen.toml", SETTINGS.read_text(encoding="utf-8")),
    }
    shutil.rmtree(work)
    print("changed:", *(containers for containers, whether in changed.items() if whether))


def _secrets(file: Path) -> dict[str, str]:
    """Return the secrets of this installation by the settings they stand in for, made if there are none."""
    if file.exists():
        return _read_environment(file)
    password = secrets.token_urlsafe(12)
    made = {
        "KLARSYN_REDIS__URL": f"redis://:{secrets.token_hex(32)}@redis:6379/0",
        "KLARSYN_TURN__SECRET": secrets.token_hex(32),
        "KLARSYN_ACCOUNT__0__PASSWORD": hash_password(password),
        **{
            f"KLARSYN_GATEWAY__0__{name}": secrets.token_hex(32)
            for name in ("API_SECRET", "ADMIN_KEY", "ROOM_SECRET")
        },
    }
    _write_environment(file, made)
    print(f"First start. Sign in as {OPERATOR} with the password {password} – it is not shown again.")
    return made


def _redis(made: Mapping[str, str]) -> str:
    """Write Redis's configuration: a password, and every change on disk before it is answered."""
    password = made["KLARSYN_REDIS__URL"].partition("://:")[2].partition("@")[0]
    return "\n".join(
        (
            f"requirepass {password}",
            "bind 0.0.0.0",
            "dir /data",
            "appendonly yes",
            "appendfsync always",
            'save ""',
            "maxmemory-policy noeviction",
            "",
        )
    )


def _certificate(settings: config.Settings, folder: Path) -> bool:
    """Put the certificate in ``docker/tls``, or a self-signed one for a trial, in ``folder``; tell if it is new."""
    certificate, private_key = (OWN_CERTIFICATE / name for name in ("certificate.pem", "private-key.pem"))
    if not certificate.exists():
        address = settings.gateways[0].nat_1_1
        certificate, private_key = ensure_certificate(SECRETS / "self-signed", [address] if address else [])
    return _write(folder / "certificate.pem", certificate.read_text(encoding="ascii")) | _write(
        folder / "private-key.pem", private_key.read_text(encoding="ascii")
    )


def _front_network() -> IPv4Network:
    """Return the network that nginx asks the nodes over: the one with a way out, the others being internal."""
    routes = []
    for line in Path("/proc/net/route").read_text(encoding="ascii").splitlines()[1:]:
        interface, destination, _, _, _, _, _, mask, *_ = line.split()
        routes.append(
            (interface, *(socket.inet_ntoa(struct.pack("<L", int(part, 16))) for part in (destination, mask)))
        )
    way_out = next(
        interface for interface, destination, _ in routes if ip_address(destination).is_unspecified
    )
    return next(
        IPv4Network(f"{destination}/{mask}")
        for interface, destination, mask in routes
        if interface == way_out and not ip_address(destination).is_unspecified
    )


def _put(rendered: Path, folder: Path) -> bool:
    """Put rendered files in the volume of the container they are for; tell if they are others than before."""
    written = [_write(folder / file.name, file.read_text(encoding="utf-8")) for file in rendered.iterdir()]
    return any(written)


def _read_environment(file: Path) -> dict[str, str]:
    """Read NAME='value' lines, as the shell of the nodes' start script does."""
    pairs = (shlex.split(line)[0].partition("=") for line in file.read_text(encoding="utf-8").splitlines())
    return {name: value for name, _, value in pairs}


def _write_environment(file: Path, values: Mapping[str, str]) -> None:
    _write(file, "".join(f"{name}={shlex.quote(value)}\n" for name, value in values.items()))


def _write(file: Path, text: str) -> bool:
    """Put ``text`` in ``file``, whole or not at all; tell if it was not there already."""
    if file.exists() and file.read_text(encoding="utf-8") == text:
        return False
    temporary = file.with_name(f".{file.name}.new")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(file)
    return True


if __name__ == "__main__":
    try:
        main()
    except config.SettingsError as error:
        sys.exit(str(error))
