"""The token itself (RFC 9577, section 2.2), of the one type that is supported."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from detector.human.challenge import BLIND_RSA
from detector.human.errors import Malformed
from detector.human.presentation import Reader

NONCE_SIZE: Final = 32
DIGEST_SIZE: Final = 32
KEY_ID_SIZE: Final = 32
AUTHENTICATOR_SIZE: Final = 256


@dataclass(frozen=True, slots=True)
class Token:
    """A token of type 0x0002. Nothing of it shows when it is printed."""

    nonce: bytes = field(repr=False)
    challenge_digest: bytes = field(repr=False)
    token_key_id: bytes = field(repr=False)
    authenticator: bytes = field(repr=False)

    @property
    def authenticator_input(self) -> bytes:
        """What the issuer has signed, blindly."""
        kind = BLIND_RSA.to_bytes(2, "big")
        return b"".join((kind, self.nonce, self.challenge_digest, self.token_key_id))

    def encode(self) -> bytes:
        """354 bytes."""
        return self.authenticator_input + self.authenticator

    @classmethod
    def decode(cls, data: bytes) -> Token:
        """The inverse of `encode`; raises `Malformed`."""
        reader = Reader(data, "Token")
        if reader.number(2, "token_type") != BLIND_RSA:
            raise Malformed("Token token_type is not 0x0002, the only supported one")
        token = cls(
            reader.fixed(NONCE_SIZE, "nonce"),
            reader.fixed(DIGEST_SIZE, "challenge_digest"),
            reader.fixed(KEY_ID_SIZE, "token_key_id"),
            reader.fixed(AUTHENTICATOR_SIZE, "authenticator"),
        )
        reader.end()
        return token


def token_type(data: bytes) -> int:
    """The type that any token begins with; raises `Malformed` for less than two bytes."""
    return Reader(data, "Token").number(2, "token_type")
