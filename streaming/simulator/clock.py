"""The span of a world, and what happens in it that everybody sees."""

from __future__ import annotations

import json
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


def model_release(ms: int, model: str) -> str:
    """The lifecycle record of a new model."""
    return json.dumps({"kind": "model_release", "time": rfc3339(ms), "model": model})


def rfc3339(ms: int) -> str:
    """A time as logs write it: UTC, milliseconds."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{ms % 1000:03d}Z"
