"""An installation of containers for the tests, started and stopped by the scripts that people use."""

import json
import os
import re
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent

NO_ENGINE = 69
"""Exit status of docker/engine.sh where no container engine can be had."""

_START_SECONDS = 900
"""Room for making the base images and building all others on a clean machine."""

_CA_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
_RTP_PORTS = 32


class NoEngineError(Exception):
    """No container engine can be had here; ``str(error)`` says why."""


class Installation:
    """Two nodes and all that they need, published on an address of this machine that no other machine reaches."""

    def __init__(self, folder: Path, *, bridge: bool = True) -> None:
        """Start the engine if need be; raises NoEngineError. Nothing else runs before ``start``.

        An engine without a ``bridge`` can make images and no more, and makes no network interface meanwhile.
        """
        self._environment = {
            **os.environ,
            "ENV_FILE": str(folder / "env"),
            "COMPOSE_PROJECT_NAME": "klarsyn-test",
            "KLARSYN_DOCKER_STATE": str(folder),
            # A package mirror may be a frozen copy, older than its signature allows for.
            "KLARSYN_BUILD_NETWORK": "host",
            "KLARSYN_ENGINE_OPTIONS": "" if bridge else "--bridge=none",
            "KLARSYN_APT_OPTIONS": "-o Acquire::Check-Valid-Until=false",
            **({"KLARSYN_CA_BUNDLE": str(_CA_BUNDLE)} if _CA_BUNDLE.exists() else {}),
        }
        engine = self._script(". docker/engine.sh && start_engine", seconds=60)
        if engine.returncode == NO_ENGINE:
            raise NoEngineError(engine.stdout.strip().splitlines()[-1])
        assert engine.returncode == 0, engine.stdout
        self.address = _bridge_address() if bridge else "127.0.0.1"
        self._write_environment(folder / "env")
        self.password = ""

    @property
    def url(self) -> str:
        """Return the address of nginx."""
        return f"https://{self.address}:{self._https_port}"

    def build(self) -> None:
        """Make the images."""
        built = self._script("docker/build", seconds=_START_SECONDS)
        assert built.returncode == 0, built.stdout

    def stop_engine(self) -> None:
        """Stop the engine if we started it."""
        self._script(". docker/engine.sh && stop_engine", seconds=60)

    def start(self) -> str:
        """Build and start everything, and wait until it is ready; return what was printed."""
        started = self._script("docker/compose-up", seconds=_START_SECONDS)
        assert started.returncode == 0, started.stdout
        if found := re.search(r"password (\S+)", started.stdout):
            self.password = found[1]
        return started.stdout

    def stop(self) -> None:
        """Stop and forget everything, the engine too if we started it."""
        stopped = self._script("docker/compose-down --volumes", seconds=120)
        assert stopped.returncode == 0, stopped.stdout

    def docker(self, *arguments: str) -> str:
        """Run a docker command; return what it printed."""
        done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def containers(self) -> dict[str, str]:
        """Return the running containers by the service that they are."""
        listed = self.docker(
            "ps",
            "--filter", "label=com.docker.compose.project=klarsyn-test",
            "--format", '{{.Label "com.docker.compose.service"}} {{.ID}}',
        )  # fmt: skip
        return dict(line.split() for line in listed.splitlines() if line)

    def reaches(self, service: str, host: str, port: int) -> bool:
        """Tell whether a container opens a connection to ``host``."""
        tried = subprocess.run(
            [
                "docker",
                "exec",
                self.containers()[service],
                "timeout",
                "2",
                "bash",
                "-c",
                f"</dev/tcp/{host}/{port}",
            ],
            capture_output=True,
            check=False,
            timeout=30,
        )
        return tried.returncode == 0

    def addresses(self, service: str) -> dict[str, str]:
        """Return a container's addresses by network."""
        template = "{{range $name, $net := .NetworkSettings.Networks}}{{$name}} {{$net.IPAddress}}\n{{end}}"
        listed = self.docker("inspect", "--format", template, self.containers()[service])
        pairs = (line.split() for line in listed.splitlines() if line)
        return {name.removeprefix("klarsyn-test_"): address for name, address in pairs}

    def received(self, service: str) -> int:
        """Return the bytes that a container has received over its networks."""
        table = self.docker("exec", self.containers()[service], "cat", "/proc/net/dev").splitlines()[2:]
        counts = (line.partition(":") for line in table)
        return sum(int(rest.split()[0]) for name, _, rest in counts if name.strip() != "lo")

    def wait_until_healthy(self, service: str, seconds: float = 60) -> None:
        """Wait until a container says that it is well."""
        deadline = time.monotonic() + seconds
        template = "{{.State.Health.Status}}"
        while self.docker("inspect", "--format", template, self.containers()[service]) != "healthy":
            assert time.monotonic() < deadline, self.logs(service)
            time.sleep(0.5)

    def logs(self, service: str) -> str:
        """Return what a container has logged."""
        done = subprocess.run(
            ["docker", "logs", self.containers()[service]],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=True,
        )
        return done.stdout

    def _script(self, script: str, seconds: float) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-c", script],
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=seconds,
        )

    def _write_environment(self, file: Path) -> None:
        """Write what an installation keeps in ``.env``."""
        http, https, turn, turns = (_free_port(self.address) for _ in range(4))
        first = _free_range(self.address, _RTP_PORTS)
        self._https_port = https
        values: Mapping[str, object] = {
            "ADDRESS": self.address,
            "URL": self.url,
            "BIND": self.address,
            "HTTP_PORT": http,
            "HTTPS_PORT": https,
            "RTP_MIN": first,
            "RTP_MAX": first + _RTP_PORTS - 1,
            "TURN_PORT": turn,
            "TURNS_PORT": turns,
        }
        file.write_text(
            "".join(f"KLARSYN_{name}={value}\n" for name, value in values.items()), encoding="utf-8"
        )


def _bridge_address() -> str:
    """Return the address of the engine's own bridge: containers reach it too, as they would a public address."""
    told = subprocess.run(
        ["ip", "-json", "-4", "address", "show", "docker0"], capture_output=True, text=True, check=True
    )
    return str(json.loads(told.stdout)[0]["addr_info"][0]["local"])


def _free_port(address: str) -> int:
    """Return a TCP port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])


def _free_range(address: str, count: int) -> int:
    """Return the first of ``count`` free UDP ports, below those that the system hands out by itself."""
    for first in range(23000, 32000, count):
        if all(_is_free(address, first + number) for number in range(count)):
            return first
    raise AssertionError("no free ports for media")


def _is_free(address: str, port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, port))
        except OSError:
            return False
        return True
