"""API keys: `swk_<id>_<secret>`, of which only a digest is kept.

The secret has 256 random bits, so that one SHA-256 protects it: there is nothing to guess that a slow
hash would make dearer (NIST SP 800-63B, 5.1.2.2 on look-up secrets of at least 112 bits).
"""

from __future__ import annotations

import hmac
import re
from base64 import b32encode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final, Literal, get_args

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

Scope = Literal["decide", "ingest", "feed", "triage", "admin"]
SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)
LIVE: Final = 2
"""keys of one name that may be live at once: the old and the new one, while clients change over"""
SLOWEST: Final = 0.1
"""requests per second, the least that a key may be given: by next to nothing, a wait has no end to tell"""

_KEY: Final = re.compile(r"swk_([a-z2-7]{12})_([A-Za-z0-9_-]{43})")
_LONGEST: Final = 64


class ApiKey(msgspec.Struct, frozen=True):
    """A key as it is stored."""

    key_id: str
    name: str
    """whose it is, as the operator says; two keys of one name are a rotation"""
    scopes: tuple[Scope, ...]
    digest: bytes
    """SHA-256 of the secret"""
    created: int
    """ms since the epoch"""
    expires: int | None = None
    """ms since the epoch; None: never"""
    rate: float | None = None
    """requests per second; None: the server's default"""


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made: `text` is shown once and never again."""

    text: str
    key: ApiKey


def make_key(
    name: str,
    scopes: tuple[Scope, ...],
    now: int,
    random: Callable[[int], bytes],
    *,
    expires: int | None = None,
    rate: float | None = None,
) -> NewKey:
    """A key of `random` bytes. `name` and `scopes` are the operator's."""
    key_id = _base32(random(8))
    secret = _base64(random(32))
    digest = sha256(secret.encode()).digest()
    return NewKey(f"swk_{key_id}_{secret}", ApiKey(key_id, name, tuple(scopes), digest, now, expires, rate))


def read_key(text: str) -> tuple[str, bytes] | None:
    """Id and digest of a key as a client sends it; None if it is none."""
    found = _KEY.fullmatch(text) if len(text) <= _LONGEST else None
    return None if found is None else (found[1], sha256(found[2].encode()).digest())


def matches(key: ApiKey, digest: bytes, now: int) -> bool:
    """Whether a key with this digest is the one, and has not expired; in constant time."""
    return hmac.compare_digest(key.digest, digest) and lasts(key, now)


def lasts(key: ApiKey, now: int) -> bool:
    """Whether a key has not expired."""
    return key.expires is None or now < key.expires


def _base32(raw: bytes) -> str:
    return b32encode(raw).decode().lower()[:12]


def _base64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
