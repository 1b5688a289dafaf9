"""Rendering: Janus's, nginx's and coturn's configuration from the one settings file."""

import platform
from collections.abc import Mapping
from pathlib import Path

import jinja2

from orchestrator.config import Gateway, Settings, SettingsError

ROOT = Path(__file__).parent.parent
"""Where the template folders ``janus-config/``, ``nginx/`` and ``coturn/`` are."""

_SUFFIX = ".j2"


def render(settings: Settings, out: Path) -> list[Path]:
    """Write ``janus/<gateway>/*.jcfg``, ``nginx/nginx.conf`` and ``coturn/turnserver.conf`` under ``out``.

    What the settings do not ask for (no nodes behind a proxy, no TURN server) is not written. Files hold
    secrets and can be read by their owner alone. Returns the files written.
    """
    written = []
    for gateway in settings.gateways:
        written += render_janus(gateway, out / "janus" / gateway.id)
    if settings.proxy.nodes:
        written += _render_folder(
            ROOT / "nginx", out / "nginx", {"settings": settings, "proxy": settings.proxy}
        )
    if settings.turn.urls:
        written += _render_folder(
            ROOT / "coturn", out / "coturn", {"settings": settings, "turn": settings.turn}
        )
    return written


def render_janus(gateway: Gateway, out: Path) -> list[Path]:
    """Write the configuration folder of one Janus instance, for ``janus --configs-folder``."""
    libraries = gateway.library_dir or _library_dir()
    return _render_folder(
        ROOT / "janus-config",
        out,
        {
            "gateway": gateway,
            "ws_host": gateway.listen_host or None,
            "ws_port": gateway.ws_port,
            "admin_port": gateway.admin_port,
            "rtp_port_min": gateway.rtp_port_min,
            "rtp_port_max": gateway.rtp_port_max,
            "plugins_dir": libraries / "plugins",
            "transports_dir": libraries / "transports",
            "events_dir": libraries / "events",
            "loggers_dir": libraries / "loggers",
            "nat_1_1": gateway.nat_1_1,
            "ice_interfaces": ",".join(gateway.ice_interfaces) or None,
            "log_to_stdout": gateway.log_to_stdout,
        },
    )


def _library_dir() -> Path:
    """Return Debian's folder of Janus's shared libraries on this architecture."""
    return Path(f"/usr/lib/{platform.machine()}-linux-gnu/janus")


def render_file(template: Path, target: Path, context: Mapping[str, object]) -> Path:
    """Render ``template`` to ``target``, which its owner alone may read; return ``target``."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(template.parent),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        # These are configuration files: nothing in them is HTML.
        autoescape=False,  # noqa: S701
    )
    environment.filters["quoted"] = _quoted
    text = environment.get_template(template.name).render(context)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.touch(mode=0o600)
    target.write_text(text, encoding="utf-8")
    return target


def _render_folder(templates: Path, out: Path, context: Mapping[str, object]) -> list[Path]:
    """Render every template of a folder into ``out`` under its name without the suffix."""
    written = [
        render_file(template, out / template.name.removesuffix(_SUFFIX), context)
        for template in sorted(templates.glob(f"*{_SUFFIX}"))
    ]
    if not written:
        raise SettingsError(f"{templates}: has no templates; is the installation whole?")
    return written


def _quoted(value: object) -> str:
    """Return ``value`` in double quotes, and refuse what would end them."""
    text = str(value)
    if any(sign in text for sign in '"\\\n\r'):
        raise SettingsError(
            "a setting that goes into a configuration file has a quote, backslash or line break in it."
        )
    return f'"{text}"'
