"""Redemption contexts that can be made again, so that no challenge has to be stored (RFC 9577, 2.1.1)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import Final, Protocol

SECRET_SIZE: Final = 32
_LABEL: Final = b"stillwatch redemption context\0"


@dataclass(frozen=True, slots=True)
class Context:
    """What goes into a challenge."""

    value: bytes
    until: int | None
    """when it is no longer accepted, in ms since the epoch; None for as long as the issuer's key"""


class Contexts(Protocol):
    """What tokens are bound to besides issuer and origin."""

    def accepted(self, scope: bytes, now: int) -> tuple[Context, ...]:
        """The one to challenge with, and then older ones."""
        ...


@dataclass(frozen=True, slots=True)
class Windows:
    """Bound to `scope` and a window of time: HMAC-SHA-256 under a secret that all our processes share.

    A challenge is accepted until the end of the window after its own. Raises `ValueError` for a short secret.
    """

    secret: bytes = field(repr=False)
    length: int = 3_600_000
    """of a window, in ms"""

    def __post_init__(self) -> None:
        if len(self.secret) < SECRET_SIZE:
            raise ValueError(f"secret of redemption contexts is under {SECRET_SIZE} bytes; make a longer one")
        if self.length <= 0:
            raise ValueError("window of redemption contexts is not above 0 ms; make it an hour")

    def accepted(self, scope: bytes, now: int) -> tuple[Context, ...]:
        """This window's, and the last one's."""
        window = now // self.length
        return self._context(scope, window), self._context(scope, window - 1)

    def _context(self, scope: bytes, window: int) -> Context:
        message = _LABEL + window.to_bytes(8, "big", signed=True) + scope
        return Context(hmac.digest(self.secret, message, "sha256"), (window + 2) * self.length)


@dataclass(frozen=True, slots=True)
class Unbound:
    """The empty context: clients may keep tokens for later, and their nonces are kept as long as the key."""

    def accepted(self, scope: bytes, now: int) -> tuple[Context, ...]:  # noqa: ARG002 - the same for all
        """The empty one."""
        return (Context(b"", None),)
