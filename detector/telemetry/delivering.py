"""What the outputs tell of themselves: per delivery."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detector.telemetry.metrics import delivery

if TYPE_CHECKING:
    from detector.telemetry.metrics.instruments import Instruments
    from detector.telemetry.spans import Spans


class DeliveryTelemetry:
    """Metrics of the sinks that alerts and verdicts are sent to. A sink's name is the operator's."""

    def __init__(self, instruments: Instruments, spans: Spans) -> None:
        self.span = spans.span
        self._instruments = instruments

    def backlog(self, sink: str, records: int) -> None:
        """Records in the store that `sink` has not taken."""
        self._instruments.set(delivery.BACKLOG, records, sink)
        # From the start, so that a sink that never takes anything has a series to compare with.
        self._instruments.add(delivery.DELIVERED, 0, sink)
        self._instruments.add(delivery.REFUSED, 0, sink)

    def delivered(self, sink: str, records: int) -> None:
        """`sink` confirmed some records."""
        self._instruments.add(delivery.DELIVERED, records, sink)

    def failed(self, sink: str) -> None:
        """A delivery failed and is tried again."""
        self._instruments.add(delivery.REFUSED, 1, sink)

    def stopped(self, sink: str) -> None:
        """This process sends nothing to `sink` any more; the backlog is for another to tell."""
        self._instruments.drop(delivery.BACKLOG, sink)
