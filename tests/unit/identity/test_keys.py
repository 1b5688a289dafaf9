"""Keys are made once, found by name, and changed without stopping."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from orchestrator.identity.keys import FIRST, KeyFileError, Keys

# The key of RFC 8037, appendix A.1, and its thumbprint in A.3.
RFC_8037_D = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
RFC_8037_THUMBPRINT = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def pem(key: Ed25519PrivateKey, encryption: KeySerializationEncryption | None = None) -> bytes:
    """Write a key as openssl does."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption())


def add(directory: Path, name: str) -> None:
    """Put a new key in the directory."""
    (directory / name).write_bytes(pem(Ed25519PrivateKey.generate()))


def test_the_kid_is_the_thumbprint_of_rfc_7638(tmp_path: Path) -> None:
    """The RFC's own key has the RFC's own thumbprint."""
    keys = Keys(tmp_path, generate=lambda: Ed25519PrivateKey.from_private_bytes(RFC_8037_D))
    assert keys.signing.kid == RFC_8037_THUMBPRINT


def test_a_first_key_is_made_and_kept(tmp_path: Path) -> None:
    """Only its owner can read it, nothing else is left beside it, and a restart finds it again."""
    directory = tmp_path / "state" / "keys"
    keys = Keys(directory)
    assert [file.name for file in directory.iterdir()] == [FIRST]
    assert stat.S_IMODE((directory / FIRST).stat().st_mode) == 0o600
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert Keys(directory).signing.kid == keys.signing.kid


def test_nodes_that_start_at_once_agree(tmp_path: Path) -> None:
    """Each has a key ready when the directory is still empty; one key wins, whole."""
    nodes = 8
    together = Barrier(nodes)

    def generate() -> Ed25519PrivateKey:
        together.wait(timeout=10)
        return Ed25519PrivateKey.generate()

    with ThreadPoolExecutor(nodes) as pool:
        started = list(pool.map(lambda _: Keys(tmp_path, generate).signing.kid, range(nodes)))
    assert len(set(started)) == 1
    assert [file.name for file in tmp_path.iterdir()] == [FIRST]


def test_the_newest_by_name_signs_and_all_verify(tmp_path: Path) -> None:
    """An older key still verifies what it signed."""
    old = Keys(tmp_path).signing.kid
    add(tmp_path, "0002.pem")
    keys = Keys(tmp_path)
    assert keys.signing.kid != old
    assert keys.find(old) is not None
    assert keys.find(keys.signing.kid) is not None
    assert keys.find("unknown") is None


def test_a_key_added_by_another_node_is_found(tmp_path: Path) -> None:
    """Its tokens are good at once at a node that started before it, which signs with it from then on."""
    early = Keys(tmp_path)
    add(tmp_path, "0002.pem")
    late = Keys(tmp_path)
    assert early.signing.kid != late.signing.kid
    assert early.find(late.signing.kid) is not None
    assert early.signing.kid == late.signing.kid


def test_a_half_written_key_does_not_stop_a_running_node(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What was read before stays, the log says so, and the key is found when it is whole."""
    keys = Keys(tmp_path)
    before = keys.signing.kid
    whole = pem(Ed25519PrivateKey.generate())
    (tmp_path / "0002.pem").write_bytes(whole[:40])
    assert keys.find("unknown") is None
    assert keys.signing.kid == before
    assert "0002.pem" in caplog.text
    (tmp_path / "0002.pem").write_bytes(whole)
    assert keys.find(Keys(tmp_path).signing.kid) is not None


def test_the_jwk_set_has_every_public_key_and_no_private_one(tmp_path: Path) -> None:
    """Others can verify with it; the signing key comes first."""
    Keys(tmp_path)
    add(tmp_path, "0002.pem")
    keys = Keys(tmp_path)
    published = json.loads(json.dumps(keys.jwks()))
    assert [set(key) for key in published["keys"]] == [{"kty", "crv", "x", "kid", "alg", "use"}] * 2
    assert published["keys"][0]["kid"] == keys.signing.kid
    token = jwt.encode({"sub": "x"}, keys.signing.private, algorithm="EdDSA")
    read = jwt.PyJWKSet.from_dict(published)[keys.signing.kid]
    assert jwt.decode(token, read, algorithms=["EdDSA"]) == {"sub": "x"}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "PEM"),
        (pem(Ed25519PrivateKey.generate(), BestAvailableEncryption(b"secret")), "unencrypted"),
        (
            generate_private_key(SECP256R1()).private_bytes(
                Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
            ),
            "Ed25519",
        ),
    ],
    ids=["empty", "encrypted", "another curve"],
)
def test_a_file_that_is_no_key_is_named(tmp_path: Path, content: bytes, says: str) -> None:
    """The node does not start, and says which file to mend."""
    (tmp_path / "0003.pem").write_bytes(content)
    with pytest.raises(KeyFileError, match=says) as caught:
        Keys(tmp_path)
    assert "0003.pem" in str(caught.value)
