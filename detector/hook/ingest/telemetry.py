"""What the ingest tells of itself. No content."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from detector.telemetry.metrics import ingest

if TYPE_CHECKING:
    from detector.hook.ingest.route import Taken
    from detector.telemetry.metrics.instruments import Instruments

_BUSY: Final = (429, 503)


class IngestTelemetry:
    """Metrics of one process."""

    def __init__(self, instruments: Instruments) -> None:
        self._instruments = instruments

    def taken(self, endpoint: str, taken: Taken) -> None:
        """The good events of a request are durable; the others were refused."""
        self._instruments.add(ingest.REQUESTS, 1, endpoint, "taken")
        self._instruments.add(ingest.STORED, len(taken.keyed), endpoint)
        for reason, count in Counter(one.reason for one in taken.refused).items():
            self._instruments.add(ingest.REFUSED, count, endpoint, reason)

    def failed(self, endpoint: str, status: int) -> None:
        """A request was answered with a problem, of this HTTP status."""
        self._instruments.add(ingest.REQUESTS, 1, endpoint, "busy" if status in _BUSY else "unreadable")
