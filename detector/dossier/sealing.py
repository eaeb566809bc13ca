"""Seals the text of samples, so that the store's file alone shows none.

AES-256-GCM (NIST SP 800-38D) under a key that HKDF (RFC 5869) derives from the stream's secret. A sealed text
belongs to its account and event: put beside another, it does not open.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

if TYPE_CHECKING:
    from detector.dossier.records import Sample

VERSION: Final = 1
"""Of the way in which keys are derived and texts are sealed."""
NONCE: Final = 12
"""Random bytes for each text."""
_NAME: Final = 4
_KEY: Final = 32


class SealError(Exception):
    """A sample's text cannot be opened: says why, and the remedy."""


@dataclass(frozen=True, slots=True)
class SampleKey:
    """Seals and opens; `name` tells keys apart without telling the key."""

    name: bytes
    _cipher: AESGCM = field(repr=False)

    @classmethod
    def from_secret(cls, secret: str) -> Self:
        """Derived from the secret under which the stream hashes identifiers, and of no use to find it."""
        info = b"stillwatch samples %d" % VERSION
        made = HKDF(SHA256(), _KEY + _NAME, salt=None, info=info).derive(secret.encode())
        return cls(made[_KEY:], AESGCM(made[:_KEY]))

    def seal(self, text: str, account_id: str, event_id: str, nonce: bytes) -> bytes:
        """The sealed text; `nonce` are NONCE bytes that were never used before."""
        head = bytes([VERSION]) + self.name
        return head + nonce + self._cipher.encrypt(nonce, text.encode(), _bound(account_id, event_id))

    def open(self, sealed: bytes, account_id: str, event_id: str) -> str:
        """The text; raises `SealError`."""
        head, nonce = sealed[: 1 + _NAME], sealed[1 + _NAME : 1 + _NAME + NONCE]
        if head != bytes([VERSION]) + self.name:
            raise SealError(
                "content: it was sealed under another secret or by another release; set STILLWATCH_HASH_KEY "
                "to the one that the stream ran with"
            )
        try:
            return self._cipher.decrypt(
                nonce, sealed[len(head) + NONCE :], _bound(account_id, event_id)
            ).decode()
        except InvalidTag:
            raise SealError(
                "content: it was changed in the store; restore the store from its backup"
            ) from None


def reveal(sample: Sample, key: SampleKey) -> str | None:
    """The text of a sample, None where only facts are kept; raises `SealError`.

    Whoever calls this has to have asked for a reason, and to have written down who looked.
    """
    if sample.content is None:
        return None
    return key.open(sample.content, sample.account_id, sample.event_id)


def _bound(account_id: str, event_id: str) -> bytes:
    return f"{account_id}\0{event_id}".encode()
