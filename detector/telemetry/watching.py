"""What is told of drift and of a challenger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detector.telemetry.metrics import watching

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detector.telemetry.metrics.instruments import Instruments


class WatchTelemetry:
    """Metrics of what looks on while a leader scores. Times of events are ms."""

    def __init__(self, instruments: Instruments) -> None:
        self._instruments = instruments

    def drifted(self, psi: Mapping[str, float], moved: int, end: int) -> None:
        """Indices by feature, how many moved, and the end of the tick after which it was measured."""
        self._instruments.clear(watching.DRIFT)
        for feature, value in psi.items():
            self._instruments.set(watching.DRIFT, value, feature)
        self._instruments.set(watching.DRIFTED, moved)
        self._instruments.set(watching.DRIFT_TIME, end / 1000)

    def shadowed(self, counts: Mapping[str, int], difference: float) -> None:
        """Accounts of a tick by whose bar they reach, and the mean difference of their logits."""
        for bar, number in counts.items():
            self._instruments.add(watching.SHADOWED, number, bar)
        self._instruments.set(watching.SHADOW_DIFFERENCE, difference)

    def watcher_failed(self, name: str) -> None:
        """One looks on no more."""
        self._instruments.set(watching.WATCHER_FAILED, 1, name)
