"""The keys of a registry: Ed25519 (RFC 8032). Who holds the private one says which models are used."""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from detector.registry.errors import RegistryError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PUBLIC: Final = "key.pub"
"""Where a registry keeps the key that its signatures are checked by."""
KEY_VARIABLE: Final = "STILLWATCH_MODELS_KEY"
"""Names the file of the private key."""
TRUST_VARIABLE: Final = "STILLWATCH_MODELS_TRUST"
"""The public key itself. Where it is set, a key that lies in the registry counts for nothing."""

_SCHEME: Final = "ed25519"


@dataclass(frozen=True, slots=True)
class Verifier:
    """Knows the public key."""

    key: Ed25519PublicKey

    @classmethod
    def of(cls, text: str, place: str) -> Verifier:
        """A key as it is printed; raises `RegistryError` that names its `place`."""
        scheme, _, key = text.partition(":")
        try:
            raw = b64decode(key if scheme == _SCHEME else "", validate=True)
            return cls(Ed25519PublicKey.from_public_bytes(raw))
        except ValueError:
            raise RegistryError(
                f"{place}: is no public key; give what `stillwatch models key` prints"
            ) from None

    def __str__(self) -> str:
        return f"{_SCHEME}:{b64encode(self.key.public_bytes_raw()).decode()}"

    def accepts(self, what: str, said: bytes, signature: str) -> bool:
        """Whether the holder of the private key signed `said` as a `what`."""
        try:
            self.key.verify(b64decode(signature, validate=True), _framed(what, said))
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signer:
    """Holds the private key."""

    key: Ed25519PrivateKey

    @property
    def verifier(self) -> Verifier:
        """What checks this signer's signatures."""
        return Verifier(self.key.public_key())

    def sign(self, what: str, said: bytes) -> str:
        """A signature of `said` as a `what`, for that and nothing else."""
        return b64encode(self.key.sign(_framed(what, said))).decode()


def write_key(path: Path, key: Ed25519PrivateKey) -> Signer:
    """Keep a new private key in a file of its own that only its owner reads; raises `RegistryError`."""
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise RegistryError(
            f"{path}: is there already and may be a key in use; choose another name"
        ) from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
    return Signer(key)


def read_key(path: Path) -> Signer:
    """The private key in a file; raises `RegistryError`."""
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise RegistryError(
            f"{path}: no private key can be read ({type(error).__name__}); make one with "
            "`stillwatch models key`"
        ) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise RegistryError(f"{path}: is no Ed25519 key; make one with `stillwatch models key`")
    return Signer(key)


def trusted_key(folder: Path, environ: Mapping[str, str]) -> Verifier:
    """The key that a registry's signatures are checked by; raises `RegistryError` where there is none."""
    if told := environ.get(TRUST_VARIABLE, "").strip():
        return Verifier.of(told, TRUST_VARIABLE)
    path = folder / PUBLIC
    try:
        return Verifier.of(path.read_text(encoding="ascii").strip(), str(path))
    except (OSError, UnicodeDecodeError):
        raise RegistryError(
            f"{path}: missing; this is no registry, or begin one with `stillwatch models key`"
        ) from None


def _framed(what: str, said: bytes) -> bytes:
    """A signature of one kind of thing is none of another."""
    return f"stillwatch registry {what} 1\0".encode() + said
