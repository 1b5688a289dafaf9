"""Rendering: which files come of which settings, and what stands in them."""

from pathlib import Path

import msgspec
import pytest

from orchestrator.config import Gateway, Proxy, Settings, SettingsError, Turn
from orchestrator.domain.ids import GatewayId
from orchestrator.render import render, render_janus

GATEWAY = Gateway(
    id=GatewayId("janus-0"),
    url="ws://127.0.0.1:8288",
    api_secret="api",
    admin_key="key",
    rtp_port_min=21000,
    rtp_port_max=21099,
)


def relative(files: list[Path], folder: Path) -> list[str]:
    """Name the files as seen from the folder."""
    return sorted(str(file.relative_to(folder)) for file in files)


def test_only_what_is_asked_for_is_written(tmp_path: Path) -> None:
    """Writes a folder for each gateway, and nginx and coturn where there are nodes and TURN servers."""
    other = msgspec.structs.replace(GATEWAY, id=GatewayId("janus-1"))
    janus = ["janus.jcfg", "janus.plugin.videoroom.jcfg", "janus.transport.websockets.jcfg"]
    assert render(Settings(), tmp_path / "none") == []
    settings = Settings(gateways=(GATEWAY, other))
    two = [f"janus/janus-{number}/{name}" for number in range(2) for name in janus]
    assert relative(render(settings, tmp_path / "two"), tmp_path / "two") == two
    settings = Settings(proxy=Proxy(nodes=("a:1",)), turn=Turn(urls=("turn:a",), secret="s"))
    assert relative(render(settings, tmp_path / "rest"), tmp_path / "rest") == [
        "coturn/turnserver.conf",
        "nginx/nginx.conf",
    ]


def test_rendered_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    """Lets nobody else read what has secrets in it."""
    for file in render_janus(GATEWAY, tmp_path):
        assert file.stat().st_mode & 0o077 == 0


def test_janus_is_told_its_ports_and_secrets(tmp_path: Path) -> None:
    """Puts the gateway's ports, addresses and secrets in Janus's files."""
    render_janus(GATEWAY, tmp_path)
    core = (tmp_path / "janus.jcfg").read_text()
    assert 'api_secret = "api"' in core
    assert 'rtp_port_range = "21000-21099"' in core
    assert "nat_1_1_mapping" not in core
    signalling = (tmp_path / "janus.transport.websockets.jcfg").read_text()
    assert "ws_port = 8288" in signalling
    assert 'ws_ip = "127.0.0.1"' in signalling
    assert 'admin_key = "key"' in (tmp_path / "janus.plugin.videoroom.jcfg").read_text()


def test_janus_on_every_address_names_none(tmp_path: Path) -> None:
    """Leaves ``ws_ip`` out, which Janus 1.4.1 would refuse as 0.0.0.0, and maps the NAT's address."""
    gateway = msgspec.structs.replace(
        GATEWAY, listen_host="", nat_1_1="203.0.113.7", ice_interfaces=("eth0", "10.0.0.1")
    )
    render_janus(gateway, tmp_path)
    assert "ws_ip" not in (tmp_path / "janus.transport.websockets.jcfg").read_text()
    core = (tmp_path / "janus.jcfg").read_text()
    assert 'nat_1_1_mapping = "203.0.113.7"' in core
    assert 'ice_enforce_list = "eth0,10.0.0.1"' in core


def test_what_would_end_a_quotation_is_refused(tmp_path: Path) -> None:
    """Lets no secret write configuration of its own."""
    gateway = msgspec.structs.replace(GATEWAY, api_secret='a"\nadmin_secret = "b')
    with pytest.raises(SettingsError, match="quote, backslash or line break"):
        render_janus(gateway, tmp_path)


def test_nginx_is_given_every_node(tmp_path: Path) -> None:
    """Shares the work over the nodes, and sends plain HTTP on to the public address."""
    settings = Settings(
        public_url="https://video.example.org", proxy=Proxy(nodes=("node-0:8080", "node-1:8080"))
    )
    render(settings, tmp_path)
    text = (tmp_path / "nginx" / "nginx.conf").read_text()
    assert "server node-0:8080 " in text
    assert "server node-1:8080 " in text
    assert "return 308 https://video.example.org$request_uri;" in text


def test_coturn_denies_private_peers_but_the_gateways(tmp_path: Path) -> None:
    """Relays to no private address, the gateways' own excepted."""
    turn = Turn(urls=("turn:a",), secret="shared", allowed_peers=("10.1.2.3",))
    render(Settings(turn=turn), tmp_path)
    text = (tmp_path / "coturn" / "turnserver.conf").read_text()
    assert "static-auth-secret=shared" in text
    assert "denied-peer-ip=10.0.0.0-10.255.255.255" in text
    assert "allowed-peer-ip=10.1.2.3" in text
