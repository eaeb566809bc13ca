"""An issuer's public key of token type 0x0002 (RFC 9578, sections 6.4 and 6.5)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import load_der_public_key

from detector.human.errors import Malformed

if TYPE_CHECKING:
    from detector.human.private_token import Token

BITS: Final = 2048
SALT_SIZE: Final = 48

# id-RSASSA-PSS (RFC 4055, section 3.1), which is in the first bytes of the key's encoding.
_RSASSA_PSS: Final = bytes.fromhex("06092a864886f70d01010a")
_BEGINNING: Final = 24


@dataclass(frozen=True, slots=True)
class IssuerKey:
    """Verifies tokens; public, so that nobody has to be asked."""

    key_id: bytes
    """SHA-256 of the encoding; clients tell the issuer its last byte only"""
    spki: bytes = field(repr=False)
    """the DER encoding as the issuer publishes it"""
    not_before: int | None
    """when clients may begin to use it, in s since the epoch; None for at once"""
    public: RSAPublicKey = field(repr=False, compare=False)

    def signed(self, token: Token) -> bool:
        """Whether the issuer signed it: RSASSA-PSS-VERIFY with SHA-384 and 48 bytes of salt (RFC 8017)."""
        scheme = PSS(mgf=MGF1(SHA384()), salt_length=SALT_SIZE)
        try:
            self.public.verify(token.authenticator, token.authenticator_input, scheme, SHA384())
        except InvalidSignature:
            return False
        return True

    def begun(self, seconds: int) -> bool:
        """Whether clients use it already."""
        return self.not_before is None or self.not_before <= seconds


def load_key(spki: bytes, not_before: int | None = None) -> IssuerKey:
    """From a SubjectPublicKeyInfo in DER; raises `Malformed` if it is no RSASSA-PSS key of 2048 bits."""
    try:
        public = load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm):
        public = None
    if (
        not isinstance(public, RSAPublicKey)
        or public.key_size != BITS
        or _RSASSA_PSS not in spki[:_BEGINNING]
    ):
        raise Malformed(f"token-key is no DER-encoded RSASSA-PSS public key of {BITS} bits")
    return IssuerKey(hashlib.sha256(spki).digest(), spki, not_before, public)
