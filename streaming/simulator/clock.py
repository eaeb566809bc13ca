"""The span of a world, and what happens in it that everybody sees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from streaming.simulator.requests import DAY


@dataclass(frozen=True, slots=True)
class Clock:
    """From midnight UTC of the first day; times are ms since 1970."""

    start: int
    days: int
    release: int
    """when the newest model comes out"""

    @property
    def end(self) -> int:
        """The end of the last day."""
        return self.start + self.days * DAY

    def at(self, share: float) -> int:
        """A moment by its share of the span."""
        return self.start + int(share * self.days * DAY)


def rfc3339(ms: int) -> str:
    """A time as logs write it: UTC, milliseconds."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{ms % 1000:03d}Z"
