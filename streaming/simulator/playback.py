"""Playback: what one group of accounts was answered is sent in again by another, hours later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streaming.simulator.requests import none
from streaming.simulator.streams import words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streaming.simulator.population import Population
    from streaming.simulator.stage import Stage
    from streaming.simulator.world import Actor

_OK = 200


def lag_within(stage: Stage, begin: int, lag: float) -> int:
    """`lag` ms, or a third of what the world has left after `begin` if that is less."""
    return min(int(lag), (stage.clock.end - begin) // 3)


class Playback:
    """Harvesters, and workers whose requests quote the harvest.

    Each request of `workers` in scene `quoting` takes up the oldest answer that `harvest` got in scene
    `quoted` (its first turn) at least `lag` ms before; without such an answer there is no such request.
    """

    def __init__(
        self, stage: Stage, harvest: Actor, workers: Population, *, quoted: int, quoting: int, lag: int
    ) -> None:
        self.name = f"{harvest.name} and playback"
        self._stage, self._harvest, self._workers = stage, harvest, workers
        self._quoted, self._quoting, self._lag = quoted, quoting, lag
        self._stock = none()

    def expected(self, end: int) -> float:
        """Requests to be expected before `end` ms."""
        return self._harvest.expected(end) + self._workers.expected(end)

    def scale(self, factor: float) -> None:
        """Multiply how often everybody starts a session."""
        self._harvest.scale(factor)
        self._workers.scale(factor)

    def requests(self, start: int, end: int, rng: np.random.Generator) -> NDArray[np.void]:
        """Both groups' requests."""
        first = self._harvest.requests(start, end, rng)
        self._keep(first)
        second = self._workers.requests(start, end, rng)
        quoting = second["scene"] == self._quoting
        return np.concatenate([first, second[~quoting], self._quote(second[quoting])])

    def _keep(self, rows: NDArray[np.void]) -> None:
        answered = (rows["status"] == _OK) & ~rows["refused"] & (rows["turn"] == 0)
        kept = np.concatenate([self._stock, rows[answered & (rows["scene"] == self._quoted)]])
        self._stock = kept[np.argsort(kept["time"], kind="stable")]

    def _quote(self, rows: NDArray[np.void]) -> NDArray[np.void]:
        """Match requests with answers, both in order of time, as far as the answers are old enough."""
        rows = rows[np.argsort(rows["time"], kind="stable")]
        ripe = np.searchsorted(self._stock["time"], rows["time"] - self._lag, side="right")
        # The k-th request that is sent needs k ripe answers; those that have none are left out.
        used = 0
        sent = np.zeros(len(rows), dtype=bool)
        for at, count in enumerate(ripe.tolist()):
            if count > used:
                sent[at] = True
                used += 1
        rows, quoted = rows[sent], self._stock[:used]
        self._stock = self._stock[used:]
        rows["item"], rows["take"] = quoted["item"], quoted["take"]
        talks = bool(self._stage.traits["conversation"][self._quoting])
        rows["turn"] = int(talks)
        if talks:
            rows["session"] = words(rows["session"], np.arange(len(rows), dtype=np.uint64))
        rows["seed"] = self._stage.seeds(rows["scene"], rows["item"])
        return rows
