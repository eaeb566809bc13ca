"""The traffic and the health of the log, in steps of event time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detector.dossier.series import ACTIVE, ALERTS, CAMPAIGNS, EVENTS, FIELDS, OPEN, STEP
from detector.store.findings import SeriesPoint
from detector.telemetry.presence import fields_of_rows
from features.state import State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from detector.alert import Alert
    from detector.engine import Engine


class Traffic:
    """Counts the step that is going on; ticks may be shorter than a step, or longer."""

    def __init__(self) -> None:
        self._step = -1
        self._counts: dict[str, float] = {}
        self._active: NDArray[np.int64] = np.zeros(0, np.int64)

    def add(
        self,
        rows: NDArray[np.void],
        sketches: NDArray[np.void],
        alerts: Iterable[Alert],
        engine: Engine,
        end: int,
    ) -> list[SeriesPoint]:
        """A tick that ended at `end` (ms); the step so far, which takes the place of what was told of it.

        `rows` are of EVENT_ROW with account rows, `sketches` of SKETCH_ROW.
        """
        # A tick's end is the first moment that is no part of it.
        step = (end - 1) // STEP
        if step != self._step:
            self._step, self._counts, self._active = step, {}, self._active[:0]
        self._count(EVENTS, len(rows))
        for field, number in fields_of_rows(rows, sketches).items():
            self._count(FIELDS + field, number)
        for kind, name in ALERTS.items():
            self._count(name, sum(one.kind == kind and one.revision == 1 for one in alerts))
        self._active = np.union1d(self._active, rows["account"])
        self._counts[ACTIVE] = len(self._active)
        self._counts[OPEN] = int(np.count_nonzero(engine.verdicts["open"]))
        self._counts[CAMPAIGNS] = len(engine.campaigns.membership[0])
        return [SeriesPoint(name, step * STEP, float(value)) for name, value in self._counts.items()]

    def state(self) -> State:
        """What `restore` needs."""
        return State({"active": self._active}, {"step": self._step, "counts": self._counts})

    def restore(self, state: State) -> None:
        """Go on from `state`."""
        self._step, self._counts = state.facts["step"], dict(state.facts["counts"])
        self._active = state.arrays["active"]

    def _count(self, name: str, number: float) -> None:
        self._counts[name] = self._counts.get(name, 0) + number
