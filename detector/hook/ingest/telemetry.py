"""What the ingest tells of itself: plain counts, which whoever exposes metrics reads. No content."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detector.hook.ingest.check import Refused


class IngestCounts:
    """Counts of one process since it began. Used by the event loop alone."""

    def __init__(self) -> None:
        self.answers: Counter[tuple[str, int]] = Counter()
        """requests by endpoint and HTTP status"""
        self.accepted: Counter[str] = Counter()
        """durable events by endpoint"""
        self.refused: Counter[tuple[str, str]] = Counter()
        """events by endpoint and reason"""

    def answered(self, endpoint: str, status: int) -> None:
        """A request was answered."""
        self.answers[endpoint, status] += 1

    def stored(self, endpoint: str, accepted: int, refused: Sequence[Refused]) -> None:
        """The good events of a request are durable; the others were refused."""
        self.accepted[endpoint] += accepted
        for one in refused:
            self.refused[endpoint, one.reason] += 1
