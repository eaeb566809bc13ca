"""An issuer that signs blindly and a client that asks it (RFC 9474), in plain integers and for tests only."""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

VECTORS: Final = Path(__file__).parent / "vectors"
SALT_SIZE: Final = 48
HASH_SIZE: Final = 48
KEY_SIZE: Final = 256
# Everything of the published form of a 2048-bit key that is the same for all of them.
_SPKI_BEGINNING: Final = bytes.fromhex(
    "30820152303d06092a864886f70d01010a3030a00d300b0609608648016503040202"
    "a11a301806092a864886f70d010108300b0609608648016503040202a20302013003"
    "82010f00"
)


def vectors(name: str) -> Any:
    """A file of published vectors."""
    return json.loads((VECTORS / name).read_text())


class ToyIssuer:
    """One key of 2048 bits."""

    def __init__(self) -> None:
        private = generate_private_key(public_exponent=65537, key_size=2048)
        pkcs1 = private.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)
        self.spki = _SPKI_BEGINNING + pkcs1
        self.key_id = hashlib.sha256(self.spki).digest()
        self.public = private.public_key().public_numbers()
        self._d = private.private_numbers().d

    def sign(self, blinded: bytes) -> bytes:
        """What the issuer answers; it learns nothing of the token."""
        signed = pow(int.from_bytes(blinded, "big"), self._d, self.public.n)
        return signed.to_bytes(KEY_SIZE, "big")

    def listed(self, *, not_before: int | None = None) -> dict[str, Any]:
        """As in the directory."""
        key: dict[str, Any] = {"token-type": 2, "token-key": urlsafe_b64encode(self.spki).decode()}
        return key if not_before is None else key | {"not-before": not_before}

    def token_for(self, challenge: bytes, nonce: bytes | None = None) -> bytes:
        """The whole issuance, with this issuer as the other side."""
        pending = Pending.begin(self.public, challenge, nonce or secrets.token_bytes(32), self.key_id)
        return pending.finish(self.sign(pending.blinded))


def directory_of(*keys: dict[str, Any]) -> bytes:
    """The document that an issuer serves."""
    return json.dumps({"issuer-request-uri": "/request", "token-keys": list(keys)}).encode()


@dataclass(frozen=True, slots=True)
class Pending:
    """A client between its request and the issuer's answer."""

    public: RSAPublicNumbers
    signed: bytes = field(repr=False)
    blind: int
    blinded: bytes

    @classmethod
    def begin(
        cls,
        public: RSAPublicNumbers,
        challenge: bytes,
        nonce: bytes,
        key_id: bytes,
        blind: int | None = None,
        salt: bytes | None = None,
    ) -> Pending:
        """Blind a new token; `blind` and `salt` are given by published vectors only."""
        signed = b"\0\2" + nonce + hashlib.sha256(challenge).digest() + key_id
        encoded = _emsa_pss(signed, secrets.token_bytes(SALT_SIZE) if salt is None else salt)
        factor = secrets.randbelow(public.n - 2) + 2 if blind is None else blind
        blinded = int.from_bytes(encoded, "big") * pow(factor, public.e, public.n) % public.n
        return cls(public, signed, factor, blinded.to_bytes(KEY_SIZE, "big"))

    def finish(self, answer: bytes) -> bytes:
        """The token."""
        unblinded = int.from_bytes(answer, "big") * pow(self.blind, -1, self.public.n) % self.public.n
        return self.signed + unblinded.to_bytes(KEY_SIZE, "big")


def _emsa_pss(message: bytes, salt: bytes) -> bytes:
    """EMSA-PSS-ENCODE with SHA-384 for 2047 bits (RFC 8017, section 9.1.1)."""
    digest = hashlib.sha384(bytes(8) + hashlib.sha384(message).digest() + salt).digest()
    data = bytes(KEY_SIZE - len(salt) - HASH_SIZE - 2) + b"\1" + salt
    mask = _mgf1(digest, len(data))
    masked = bytearray(a ^ b for a, b in zip(data, mask, strict=True))
    masked[0] &= 0x7F
    return bytes(masked) + digest + b"\xbc"


def _mgf1(seed: bytes, length: int) -> bytes:
    blocks = (hashlib.sha384(seed + number.to_bytes(4, "big")).digest() for number in range(length // 48 + 1))
    return b"".join(blocks)[:length]
