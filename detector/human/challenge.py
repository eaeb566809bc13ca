"""The challenge that a token answers (RFC 9577, section 2.1)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from detector.human.errors import Malformed
from detector.human.presentation import Reader

BLIND_RSA: Final = 0x0002
"""Token type: blind RSA with 2048 bits (RFC 9578, section 6)."""

_CONTEXT_SIZES: Final = (0, 32)
_LONGEST: Final = 0xFFFF


@dataclass(frozen=True, slots=True)
class TokenChallenge:
    """Raises `Malformed` unless its fields can be encoded."""

    issuer_name: str
    """the issuer's authority: host, or host:port"""
    redemption_context: bytes = b""
    """empty, or 32 bytes that only this origin can make"""
    origin_info: str = ""
    """names of origins that share the token, separated by commas; empty for all origins"""
    token_type: int = BLIND_RSA

    def __post_init__(self) -> None:
        if not (self.issuer_name.isascii() and 0 < len(self.issuer_name) <= _LONGEST):
            raise Malformed("TokenChallenge issuer_name is empty, too long or not ASCII; name a host")
        if not (self.origin_info.isascii() and len(self.origin_info) <= _LONGEST):
            raise Malformed("TokenChallenge origin_info is too long or not ASCII; name hosts")
        if len(self.redemption_context) not in _CONTEXT_SIZES:
            raise Malformed("TokenChallenge redemption_context has another length than 0 and 32 bytes")

    def encode(self) -> bytes:
        """As sent to the client and hashed into the token."""
        issuer, origins = self.issuer_name.encode(), self.origin_info.encode()
        return b"".join(
            (
                self.token_type.to_bytes(2, "big"),
                len(issuer).to_bytes(2, "big"),
                issuer,
                len(self.redemption_context).to_bytes(1, "big"),
                self.redemption_context,
                len(origins).to_bytes(2, "big"),
                origins,
            )
        )

    @property
    def digest(self) -> bytes:
        """SHA-256 of the encoding: what binds a token to this challenge."""
        return hashlib.sha256(self.encode()).digest()

    @classmethod
    def decode(cls, data: bytes) -> TokenChallenge:
        """The inverse of `encode`; raises `Malformed`."""
        reader = Reader(data, "TokenChallenge")
        token_type = reader.number(2, "token_type")
        issuer = reader.variable(2, "issuer_name")
        context = reader.variable(1, "redemption_context")
        origins = reader.variable(2, "origin_info")
        reader.end()
        return cls(_ascii(issuer, "issuer_name"), context, _ascii(origins, "origin_info"), token_type)


def _ascii(data: bytes, field: str) -> str:
    try:
        return data.decode("ascii")
    except UnicodeDecodeError:
        raise Malformed(f"TokenChallenge {field} is not ASCII; name hosts") from None
