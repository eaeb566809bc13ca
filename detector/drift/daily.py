"""Measures drift once a day of event time, beside the leader's work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from detector.drift.measuring import measured
from detector.drift.stability import changes, worst
from detector.drift.stored import DAY, points

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from detector.drift.reference import Reference
    from detector.engine import Engine
    from detector.ledger import Ledger, Tick
    from detector.store.findings import SeriesPoint


class DriftTold(Protocol):
    """Whoever is told of what was measured."""

    def drifted(self, psi: Mapping[str, float], moved: int, end: int) -> None:
        """Indices by feature, the highest over cohorts; how many features moved; at `end` (ms)."""
        ...


class DailyDrift:
    """Keeps nothing that outlives the process: a day whose ticks are repeated is measured again, the same."""

    def __init__(
        self, reference: Reference, engine: Engine, ledger: Ledger, model_id: str, told: DriftTold
    ) -> None:
        self._reference = reference
        self._engine = engine
        self._ledger = ledger
        self._model_id = model_id
        self._told = told
        self._day: int | None = None

    def watch(self, tick: Tick, judged: NDArray[np.int64]) -> list[SeriesPoint]:  # noqa: ARG002 - as all watchers
        """After a tick was scored: with the first one of a day, how the accounts of the last one were."""
        day = tick.end // DAY
        before, self._day = self._day, day
        if before is None or day == before:
            return []
        found = measured(self._reference, self._engine, self._ledger, tick.end - DAY)
        # That traffic is not what a model was fitted on is no news every day.
        moved = changes(found) if self._reference.is_own else 0
        self._told.drifted(worst(found), moved, tick.end)
        return points(self._model_id, found, (day - 1) * DAY)
