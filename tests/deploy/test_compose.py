"""The containers make calls through nginx, and see no more of each other than they must."""

import asyncio
import json
import socket
import ssl
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.deploy.conftest import open_tab
from tests.deploy.installation import ROOT, Installation
from tests.system.people import Caller, Operator

# The caller page as it is, on a phone whose network lets nothing but the relay through.
_RELAY_ONLY = """
window.connections = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(configuration) {
    super({...configuration, iceTransportPolicy: 'relay'});
    window.connections.push(this);
  }
};
"""

_POLICIES = "window.connections.map((connection) => connection.getConfiguration().iceTransportPolicy)"

_TRACK = "document.querySelector('[data-testid=live-video]').srcObject.getVideoTracks()[0]"


async def test_a_call_through_nginx_shows_moving_frames(operator: Operator, chromium: Browser) -> None:
    """Over HTTPS, an operator signs in and starts a call, a caller opens the link and taps, and the picture moves."""
    caller = Caller(await open_tab(chromium))
    await caller.open(await operator.start_call("912 34 567"))
    await caller.start()

    await operator.wait_for_step("first_frame")
    await operator.wait_for_size(1280, 720)
    await operator.wait_for_frames(100)
    assert len(await operator.pictures(4)) >= 3

    await operator.end_call()
    await caller.wait_for_state("ended")


async def test_a_call_goes_through_the_relay_alone(
    installation: Installation, operator: Operator, chromium: Browser
) -> None:
    """A phone whose network lets no media through shows its picture by way of coturn."""
    tab = await open_tab(chromium)
    await tab.page.add_init_script(_RELAY_ONLY)
    caller = Caller(tab)
    await caller.open(await operator.start_call("912 34 567"))
    before = installation.received("coturn")
    await caller.start()

    await operator.wait_for_frames(100)
    assert set(await tab.evaluate(_POLICIES)) == {"relay"}
    # What is a connection by relay looks like another in the statistics of the browser, so the relay is asked.
    assert installation.received("coturn") - before > 300_000

    await operator.end_call()


async def test_a_node_that_stops_hands_its_calls_to_the_other(
    installation: Installation, operator: Operator, chromium: Browser
) -> None:
    """With one node and then the other gone, the picture goes on, and the call can be ended."""
    caller = Caller(await open_tab(chromium))
    await caller.open(await operator.start_call("912 34 567"))
    await caller.start()
    await operator.wait_for_frames(10)
    await operator.tab.evaluate(f"void (window.first = {_TRACK})")

    for node in ("node-0", "node-1"):
        container = installation.containers()[node]
        await operator.watch_gaps()
        await asyncio.to_thread(installation.docker, "stop", container)
        await operator.wait_for_frames(60)
        await asyncio.to_thread(installation.docker, "start", container)
        await asyncio.to_thread(installation.wait_until_healthy, node)
        await operator.wait_for_control()
        # The tests of survival measure this to the millisecond; here starting containers take the processor too.
        assert await operator.longest_gap() < 2000
        assert await operator.tab.evaluate(f"window.first === {_TRACK}"), (
            "the picture came over a new connection"
        )

    await operator.end_call()
    await caller.wait_for_state("ended")


@pytest.mark.parametrize(("service", "port"), [("janus", 8188), ("redis", 6379)])
def test_only_the_nodes_reach_what_is_theirs(installation: Installation, service: str, port: int) -> None:
    """Janus's signalling and Redis answer the nodes and nobody else, under no address that they have."""
    name = {"janus": "gateway-0"}.get(service, service)
    for node in ("node-0", "node-1"):
        assert installation.reaches(node, name, port)
    for host in (name, service, *installation.addresses(service).values()):
        for outsider in ("nginx", "coturn"):
            assert not installation.reaches(outsider, host, port)
    for address in (installation.address, "127.0.0.1"):
        with socket.socket() as probe:
            assert probe.connect_ex((address, port)) != 0
    published = installation.docker("port", installation.containers()[service]).splitlines()
    assert all(line.partition(" ")[0].endswith("/udp") for line in published)


def test_the_gateway_signals_on_no_network_but_the_nodes(installation: Installation) -> None:
    """On the network that media comes over, Janus's signalling is not there at all."""
    media = installation.addresses("janus")["media"]
    with socket.socket() as probe:
        probe.settimeout(2)
        assert probe.connect_ex((media, 8188)) != 0


def test_the_relay_leads_to_the_gateway_and_nowhere_inside(installation: Installation) -> None:
    """Someone with credentials cannot have packets relayed to a private address other than the gateway's."""
    coturn = installation.containers()["coturn"]
    inside = installation.addresses("janus")["media"]
    ask = (
        "secret=$(sed -n s/^static-auth-secret=//p /etc/coturn/turnserver.conf);"
        ' timeout 3 turnutils_uclient -v -c -n 1 -m 1 -u "$0" -W "$secret" -e "$0" 127.0.0.1 2>&1; true'
    )
    refused = installation.docker("exec", coturn, "sh", "-c", ask, inside)
    allowed = installation.docker("exec", coturn, "sh", "-c", ask, installation.address)
    assert "Forbidden IP" in refused
    assert "Forbidden IP" not in allowed
    assert "start_mclient" in allowed


def test_every_container_is_held_short(installation: Installation) -> None:
    """No container runs as root, can write to its own system, gain privileges or give up for good."""
    containers = installation.containers()
    assert set(containers) == {"nginx", "node-0", "node-1", "janus", "redis", "coturn"}
    for service, container in containers.items():
        told = json.loads(installation.docker("inspect", container))[0]
        held = told["HostConfig"]
        assert told["Config"]["User"] == "10113:10113", service
        assert held["ReadonlyRootfs"], service
        assert held["CapDrop"] == ["ALL"], service
        assert held["SecurityOpt"] == ["no-new-privileges:true"], service
        assert held["RestartPolicy"]["Name"] == "unless-stopped", service
        assert told["State"]["Health"]["Status"] == "healthy", service


def test_the_demonstration_password_opens_nothing(installation: Installation) -> None:
    """What everybody knows is refused."""
    body = json.dumps({"user": "demo", "password": "demo", "seat": "plass-1"}).encode()
    request = urllib.request.Request(
        f"{installation.url}/api/v1/session", body, {"Content-Type": "application/json"}, method="POST"
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, context=_unverified(), timeout=10)
    assert json.load(refused.value)["type"] == "/problems/sign-in-refused"
    refused.value.close()


def test_a_second_start_keeps_the_secrets_and_shows_none(installation: Installation) -> None:
    """Starting what runs already makes no new password and leaves live calls' containers as they were."""
    before = installation.containers()
    printed = installation.start()
    assert "password" not in printed
    after = installation.containers()
    assert all(after[service] == before[service] for service in ("nginx", "janus", "redis", "coturn"))


def test_the_nodes_packages_are_those_of_the_whole_lock() -> None:
    """What the image installs is what was tested, version by version."""
    assert _pins(ROOT / "docker/node/requirements.lock") <= _pins(ROOT / "requirements.lock")


def _pins(lock: Path) -> set[str]:
    lines = lock.read_text(encoding="utf-8").splitlines()
    return {line.split()[0] for line in lines if "==" in line and not line.startswith((" ", "#"))}


def _unverified() -> ssl.SSLContext:
    """Return a context for the self-signed certificate of a trial."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
