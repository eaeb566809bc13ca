"""How long to wait before trying again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential with full jitter (M. Brooker, "Exponential Backoff And Jitter", AWS, 2015), in seconds."""

    first: float
    most: float
    random: Callable[[], float]
    """uniform in [0, 1)"""

    def wait(self, failures: int, asked: float | None = None) -> float:
        """Before the next attempt after so many failures; at least what the server `asked`, up to `most`."""
        # Two to the power of more is infinite for all ends, and costs.
        limit = min(self.most, self.first * 2.0 ** min(failures - 1, 32))
        jittered = self.random() * limit
        return jittered if asked is None else max(jittered, min(asked, self.most))


def retry_after(value: str | None) -> float | None:
    """Seconds of a `Retry-After` header (RFC 9110, 10.2.3); None where it is absent or a date."""
    return float(value) if value is not None and value.isascii() and value.isdigit() else None
