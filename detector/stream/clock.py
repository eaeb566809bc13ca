"""Where the present comes from."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """The wall clock, which may be set, and one that only goes forward."""

    def now(self) -> int:
        """The present, ms since the epoch in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds since some moment, to measure how long something takes."""
        ...

    def sleep(self, seconds: float) -> None:
        """Do nothing for so long."""
        ...


class SystemClock:
    """The machine's clocks."""

    def now(self) -> int:
        """The present, ms since the epoch in UTC."""
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        """Seconds since some moment."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Do nothing for so long."""
        time.sleep(seconds)
