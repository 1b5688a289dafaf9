"""What the demo makes for itself: ports of its own and a certificate for this machine."""

import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from orchestrator.cli import main
from orchestrator.config import SettingsError
from orchestrator.demo.certificate import ensure_certificate
from orchestrator.demo.network import PortBlock, lan_addresses, refuse_taken

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_port_blocks_do_not_overlap() -> None:
    """Gives each instance ports of its own, and the same again once they are free."""
    with PortBlock.reserve() as first, PortBlock.reserve() as second:
        assert first.signalling < first.rtp_min < first.rtp_max < second.signalling
        freed = first.signalling
        first.__exit__()
        with PortBlock.reserve() as third:
            assert third.signalling == freed


def test_a_taken_port_is_refused() -> None:
    """Says which option chooses another port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(
            SettingsError, match=rf"^Port {port} cannot be used .*; choose another with --port\.$"
        ):
            refuse_taken("127.0.0.1", port, "--port")
    refuse_taken("127.0.0.1", port, "--port")


def test_lan_addresses_are_this_machines() -> None:
    """Names addresses that can be listened on, and loopback never."""
    for address in lan_addresses():
        assert not address.startswith("127.")
        socket.create_server((address, 0)).close()


def test_the_certificate_names_every_address(tmp_path: Path) -> None:
    """Names loopback and each address given, for as long as phones allow."""
    path, private_key = ensure_certificate(tmp_path, ["192.0.2.7"], NOW)
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(ip) for ip in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1", "192.0.2.7"]
    assert certificate.not_valid_after_utc - NOW < timedelta(days=398)
    assert private_key.stat().st_mode & 0o077 == 0


def test_a_certificate_that_fits_is_kept(tmp_path: Path) -> None:
    """Makes a new one only for a new address, when the old one is about to end, or when it is unreadable."""
    path, _ = ensure_certificate(tmp_path, ["192.0.2.7"], NOW)
    first = path.read_bytes()
    ensure_certificate(tmp_path, ["192.0.2.7"], NOW + timedelta(days=300))
    assert path.read_bytes() == first
    ensure_certificate(tmp_path, ["192.0.2.8"], NOW)
    second = path.read_bytes()
    assert second != first
    ensure_certificate(tmp_path, ["192.0.2.8"], NOW + timedelta(days=395))
    third = path.read_bytes()
    assert third != second
    path.write_bytes(b"broken")
    ensure_certificate(tmp_path, ["192.0.2.8"], NOW)
    assert path.read_bytes().startswith(b"-----BEGIN CERTIFICATE")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--port", "18080", "--https-port", "18080"), "HTTP and HTTPS ports overlap"),
        (("--port", "18080", "--https-port", "18081", "--nodes", "2"), "HTTP and HTTPS ports overlap"),
        (("--state", "/dev/null/state"), "/dev/null/state can not be used (Not a directory)"),
    ],
)
def test_what_can_not_be_started_is_said_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], sentence: str
) -> None:
    """A start that could not succeed ends at once, with what to choose instead."""
    assert main(["demo", "--state", str(tmp_path / "state"), *arguments]) == 1
    said = capsys.readouterr().err
    assert sentence in said
    assert "choose another" in said
    assert said.count("\n") == 1
