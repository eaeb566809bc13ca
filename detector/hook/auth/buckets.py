"""Token buckets: how often a key may call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

BURST_SECONDS: Final = 2.0
"""A bucket holds what its rate gives in so long."""


class Bucket:
    """Tokens of one key; `monotonic` in seconds."""

    __slots__ = ("_at", "_monotonic", "_most", "_rate", "_tokens")

    def __init__(self, rate: float, monotonic: Callable[[], float]) -> None:
        self._rate = rate
        self._most = max(1.0, rate * BURST_SECONDS)
        self._tokens = self._most
        self._monotonic = monotonic
        self._at = monotonic()

    def take(self, tokens: float = 1.0) -> float:
        """Take tokens and return 0, or take none and return the seconds until there are enough."""
        now = self._monotonic()
        self._tokens = min(self._most, self._tokens + (now - self._at) * self._rate)
        self._at = now
        lacking = min(tokens, self._most) - self._tokens
        if lacking > 0:
            return lacking / self._rate
        self._tokens -= tokens
        return 0.0
