"""A population: accounts that each send what their own habit says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streaming.simulator.arrivals import Rhythm, mean_turns, turns, weekend_share
from streaming.simulator.grouped import rank, starts
from streaming.simulator.requests import DAY, NEVER, REQUEST
from streaming.simulator.scenes import Items
from streaming.simulator.streams import words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streaming.simulator.stage import Stage


class Population:
    """Sends the requests of `habits`; keeps how far its accounts are in their item sets."""

    def __init__(self, name: str, stage: Stage, habits: NDArray[np.void]) -> None:
        self.name = name
        self._stage = stage
        self.habits = habits
        self._rhythm = Rhythm(habits, stage.curves)
        self._position = np.zeros(len(habits), dtype=np.int64)

    def expected(self, end: int) -> float:
        """Requests to be expected before `end` ms."""
        rows, start = self.habits, self._stage.clock.start
        days = (np.minimum(rows["end"], end) - np.maximum(rows["begin"], start)).clip(0) / DAY
        weekend = weekend_share(start, end)
        week = np.where(rows["curve"] < 0, 1 - weekend + weekend * rows["weekend"], 1.0)
        return float((rows["sessions"] * days * week * mean_turns(rows)).sum())

    def scale(self, factor: float) -> None:
        """Multiply how often everybody starts a session."""
        self.habits["sessions"] *= factor

    def requests(self, start: int, end: int, rng: np.random.Generator) -> NDArray[np.void]:
        """Requests of the sessions that start in [start, end) ms; in no order, some later than `end`."""
        habit, started = self._rhythm.sessions(rng, start, end)
        chosen = self.habits[habit]
        session, turn, time = turns(rng, chosen, started)
        alive = time < chosen["end"][session]
        session, turn, time = session[alive], turn[alive], time[alive]
        rows = np.zeros(len(time), dtype=REQUEST)
        rows["time"], rows["turn"] = time, turn
        self._who(rows, chosen, session, rng)
        self._what(rows, habit, session, rng)
        self._how(rows, habit[session], rng)
        return rows

    def _who(
        self,
        rows: NDArray[np.void],
        chosen: NDArray[np.void],
        session: NDArray[np.int64],
        rng: np.random.Generator,
    ) -> None:
        """What a session keeps through all of its requests."""
        count = len(chosen)
        drawn = {
            "scene": chosen["scene"] + _other(rng, chosen["scenes"], chosen["main"]),
            "place": chosen["place"] + _skewed(rng, chosen["places"]),
            "client": chosen["client"] + _skewed(rng, chosen["clients"]),
            "params": chosen["params"] + _skewed(rng, chosen["params_count"]),
            "session": rng.integers(1, 1 << 63, count, dtype=np.uint64),
            "account": chosen["account"],
        }
        for name, column in drawn.items():
            rows[name] = column[session]
        user = (rng.random(count) * chosen["users"]).astype(np.uint64)
        named = words(chosen["account"].astype(np.uint64), user)
        rows["user"] = np.where(chosen["users"] > 0, named, 0)[session]

    def _what(
        self,
        rows: NDArray[np.void],
        habit: NDArray[np.int64],
        session: NDArray[np.int64],
        rng: np.random.Generator,
    ) -> None:
        """The item of each request, and with it the seed of its text."""
        traits = self._stage.traits[rows["scene"]]
        talks, repeats, queued = traits["conversation"], traits["repeats"], traits["items"] == Items.QUEUE
        begins = starts(session)
        asks = ~talks | begins
        item = np.zeros(len(rows), dtype=np.int64)
        item[asks] = self._items(rows[asks], habit[session[asks]], traits[asks], rng)
        opening = np.maximum.accumulate(np.where(begins, np.arange(len(rows)), 0))
        rows["item"] = np.where(talks, item[opening], item)
        rows["turn"][~talks] = 0
        # Half of the programs give every request a session of its own.
        apart = ~talks & (rows["account"] % 2 == 0)
        rows["session"][apart] = words(rows["session"][apart], np.flatnonzero(apart).astype(np.uint64))
        sampled = np.where(queued, 0, rng.integers(1, 1 << 30, len(rows)))
        take = np.where(talks, sampled[opening], sampled)
        rows["take"] = np.where(queued & (repeats > 1), rows["item"] % repeats, take)
        rows["item"] //= repeats
        rows["seed"] = self._stage.seeds(rows["scene"], rows["item"])

    def _items(
        self,
        rows: NDArray[np.void],
        habit: NDArray[np.int64],
        traits: NDArray[np.void],
        rng: np.random.Generator,
    ) -> NDArray[np.int64]:
        mode, repeats = traits["items"], traits["repeats"]
        item = rng.integers(0, 1 << 40, len(rows)) * repeats
        own = np.flatnonzero((mode == Items.FIXED) | (mode == Items.SWEEP))
        if len(own):
            item[own] = self._own(rows["time"][own], habit[own], mode[own], repeats[own], rng)
        waiting = np.flatnonzero(mode == Items.QUEUE)
        if len(waiting):
            waiting = waiting[np.lexsort((rows["time"][waiting], rows["scene"][waiting]))]
            item[waiting] = self._taken(rows["scene"][waiting])
        return item

    def _own(
        self,
        time: NDArray[np.int64],
        habit: NDArray[np.int64],
        mode: NDArray[np.int8],
        repeats: NDArray[np.int64],
        rng: np.random.Generator,
    ) -> NDArray[np.int64]:
        """Items of the accounts' own sets, at random or in turn."""
        count = self.habits["items_count"][habit] * repeats
        item = np.empty(len(habit), dtype=np.int64)
        fixed = mode == Items.FIXED
        item[fixed] = (rng.random(int(fixed.sum())) * count[fixed]).astype(np.int64)
        swept = np.flatnonzero(~fixed)
        order = swept[np.lexsort((time[swept], habit[swept]))]
        item[order] = (self._position[habit[order]] + rank(habit[order])) % np.maximum(count[order], 1)
        np.add.at(self._position, habit[order], 1)
        item += self.habits["items"][habit] * repeats
        return item

    def _taken(self, scenes: NDArray[np.int32]) -> NDArray[np.int64]:
        """The next items of the queues of `scenes`, which are in order."""
        queues, counts = np.unique(scenes, return_counts=True)
        taken = [self._stage.take(*queue) for queue in zip(queues.tolist(), counts.tolist(), strict=True)]
        return np.repeat(np.array(taken, dtype=np.int64), counts) + rank(scenes)

    def _how(self, rows: NDArray[np.void], habit: NDArray[np.int64], rng: np.random.Generator) -> None:
        """Model, length of the answer, and whether there was one."""
        traits, habits = self._stage.traits[rows["scene"]], self.habits
        pivot = habits["pivot"][habit]
        pivoted = (pivot != NEVER) & (rows["time"] >= pivot)
        rows["model"] = np.where(pivoted, habits["next_model"][habit], habits["model"][habit])
        drawn = rng.normal(np.log(traits["output"] * habits["output"][habit]), traits["sigma"])
        rows["output"] = np.clip(np.exp(drawn), 1, 1 << 20)
        rows["refused"] = rng.random(len(rows)) < traits["refused"]
        rows["output"][rows["refused"]] = rng.integers(15, 90, int(rows["refused"].sum()))
        failed = rng.random(len(rows)) < habits["errors"][habit]
        rows["status"] = np.where(failed, rng.choice([429, 500, 429, 503], len(rows)), 200)


def _other(
    rng: np.random.Generator, counts: NDArray[np.int32], main: NDArray[np.float64]
) -> NDArray[np.int64]:
    """0 with the share `main`, else one of the others."""
    others = np.maximum(counts.astype(np.int64) - 1, 1)
    drawn = 1 + (rng.random(len(counts)) * others).astype(np.int64)
    return np.where((rng.random(len(counts)) < main) | (counts == 1), 0, drawn)


def _skewed(rng: np.random.Generator, counts: NDArray[np.int32]) -> NDArray[np.int64]:
    """A position in each range, the first ones more often."""
    return (rng.random(len(counts)) ** 2 * counts).astype(np.int64)
