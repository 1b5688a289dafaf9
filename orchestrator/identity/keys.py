"""The Ed25519 keys that tokens are signed with, kept as PEM files in one directory.

The newest file by name signs and every file verifies, so a key is changed by adding ``0002.pem`` and
removing ``0001.pem`` when its last token has expired. Nodes that share the directory share the keys.
"""

import base64
import hashlib
import logging
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypedDict

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

_log = logging.getLogger(__name__)

FIRST = "0001.pem"
"""The name of a generated key: one name, so that of nodes starting at once only one can make it."""


class KeyFileError(ValueError):
    """A file in the key directory is no Ed25519 key; ``str(error)`` names it."""


class Jwk(TypedDict):
    """A public key as RFC 8037 writes it."""

    kty: str
    crv: str
    x: str
    kid: str
    alg: str
    use: str


class Jwks(TypedDict):
    """A JWK set (RFC 7517, section 5)."""

    keys: list[Jwk]


class Key(msgspec.Struct, frozen=True):
    """A signing key and its name."""

    kid: str
    private: Ed25519PrivateKey

    @property
    def public(self) -> Ed25519PublicKey:
        """Return the half that verifies."""
        return self.private.public_key()

    @property
    def jwk(self) -> Jwk:
        """Write the public half as a JWK."""
        return {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": _raw(self.public),
            "kid": self.kid,
            "alg": "EdDSA",
            "use": "sig",
        }


class Keys:
    """The keys in one directory; read again when files have come or gone."""

    def __init__(
        self, directory: Path, generate: Callable[[], Ed25519PrivateKey] = Ed25519PrivateKey.generate
    ) -> None:
        """Read the keys of ``directory``, or make the first; raises KeyFileError."""
        self._directory = directory
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self._files():
            _write_once(directory / FIRST, generate())
        self._read = self._files()
        self._keys = _load(self._read)

    @property
    def signing(self) -> Key:
        """Return the key that signs: the newest by file name."""
        return self._keys[-1]

    def find(self, kid: str) -> Ed25519PublicKey | None:
        """Return the key called ``kid``, also one that another node has just added, or None."""
        for key in self._current(kid):
            if key.kid == kid:
                return key.public
        return None

    def jwks(self) -> Jwks:
        """Publish every key that verifies, the signing one first."""
        return {"keys": [key.jwk for key in reversed(self._keys)]}

    def trouble(self) -> str | None:
        """Say what is wrong with the files, in a sentence without their paths; the keys read before still serve."""
        files = self._files()
        if not files:
            return "the key directory is empty or can not be read: what was read before is used"
        unread = sorted(file.name for file in set(files) - set(self._read))
        return f"not read yet: {', '.join(unread)}" if unread else None

    def _current(self, kid: str) -> tuple[Key, ...]:
        """Read the directory again where ``kid`` is new and the files are others than last time."""
        if all(key.kid != kid for key in self._keys):
            files = self._files()
            if files and files != self._read:
                try:
                    self._keys, self._read = _load(files), files
                except (OSError, KeyFileError) as error:
                    _log.warning("The keys stay as they were, until every file can be read: %s", error)
        return self._keys

    def _files(self) -> tuple[Path, ...]:
        return tuple(sorted(self._directory.glob("*.pem")))


def _load(files: tuple[Path, ...]) -> tuple[Key, ...]:
    return tuple(_read_key(file) for file in files)


def _read_key(file: Path) -> Key:
    try:
        private = load_pem_private_key(file.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise KeyFileError(f"{file} is not an unencrypted private key in PEM form.") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise KeyFileError(f"{file} is not an Ed25519 key. Make one with: openssl genpkey -algorithm ed25519")
    return Key(_thumbprint(private.public_key()), private)


def _thumbprint(key: Ed25519PublicKey) -> str:
    """Compute the RFC 7638 thumbprint: the required members, in this order, hashed."""
    members = f'{{"crv":"Ed25519","kty":"OKP","x":"{_raw(key)}"}}'
    return _base64url(hashlib.sha256(members.encode()).digest())


def _raw(key: Ed25519PublicKey) -> str:
    return _base64url(key.public_bytes(Encoding.Raw, PublicFormat.Raw))


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _write_once(file: Path, key: Ed25519PrivateKey) -> None:
    """Put ``key`` in ``file``, unless another node has been first; whole or not at all.

    It is written under another name, made with O_EXCL and mode 0600, and then linked, which fails where
    the name is taken: nobody ever reads half a key, and two nodes end with the same one.
    """
    handle, temporary = tempfile.mkstemp(prefix=".new-", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(temporary, file)
        except FileExistsError:
            return
    finally:
        Path(temporary).unlink()
