"""Timetables: jobs that work off, at fixed times, what has come in since the last run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streaming.simulator.requests import MINUTE
from streaming.simulator.streams import words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streaming.simulator.population import Population


class Timetable:
    """Puts off the requests of `population` to the next run of their account.

    `period`, `phase` and `takes` (accounts,) are in ms: runs begin at every multiple of the period, plus the
    phase, and a little late; what came in over a period is sent in the same order over `takes`.
    """

    def __init__(
        self,
        population: Population,
        period: NDArray[np.int64],
        phase: NDArray[np.int64],
        takes: NDArray[np.int64],
    ) -> None:
        self.name = population.name
        self._population = population
        self._period, self._phase, self._takes = period, phase, takes
        self._order = np.argsort(population.habits["account"])
        self._accounts = population.habits["account"][self._order]

    def expected(self, end: int) -> float:
        """Requests to be expected before `end` ms."""
        return self._population.expected(end)

    def scale(self, factor: float) -> None:
        """Multiply what comes in."""
        self._population.scale(factor)

    def requests(self, start: int, end: int, rng: np.random.Generator) -> NDArray[np.void]:
        """What comes in within [start, end), at the runs that follow."""
        rows = self._population.requests(start, end, rng)
        job = self._order[np.searchsorted(self._accounts, rows["account"])]
        period = self._period[job]
        passed, since = np.divmod(rows["time"] - self._phase[job], period)
        due = (passed + 1) * period + self._phase[job]
        noise = words(job.astype(np.uint64), passed.astype(np.uint64)) / 2.0**64
        late = (noise**4 * MINUTE / 2).astype(np.int64)
        rows["time"] = due + late + since * self._takes[job] // period
        return rows
