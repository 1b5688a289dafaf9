"""A self-signed certificate, so that a phone on the same network is given a secure page."""

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_LIFE = timedelta(days=397)  # Phones refuse what lives longer.
_RENEW_BEFORE = timedelta(days=7)


def ensure_certificate(folder: Path, addresses: list[str], now: datetime | None = None) -> tuple[Path, Path]:
    """Return (certificate, private key) for ``addresses``, made anew where those in ``folder`` do not fit.

    A certificate that fits is kept, so that a phone that has accepted it is not asked again.
    """
    now = now or datetime.now(UTC)
    certificate, private_key = folder / "certificate.pem", folder / "private-key.pem"
    names = [ip_address(address) for address in ("127.0.0.1", *addresses)]
    if private_key.exists() and certificate.exists() and _fits(certificate, set(names), now):
        return certificate, private_key
    folder.mkdir(parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Klarsyn demo")])
    signed = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + _LIFE)
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost"), *map(x509.IPAddress, names)]),
            critical=False,
        )
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private_key.touch(mode=0o600)
    private_key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    return certificate, private_key


def _fits(path: Path, names: set[IPv4Address | IPv6Address], now: datetime) -> bool:
    """Tell whether the certificate names every address and lives on for a while."""
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
    except ValueError:
        return False
    alternatives = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return (
        names <= set(alternatives.get_values_for_type(x509.IPAddress))
        and certificate.not_valid_after_utc - _RENEW_BEFORE > now
    )
