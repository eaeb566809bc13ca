"""Requests for models that were just released, by account: to see who moved to one, and who stayed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from features.account.fold import HOUR
from features.hashing import hash_strings
from features.population.growth import reserved

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from features.batch import Lifecycle
    from features.hashing import HashKey

ENDS: Final = tuple(hours * HOUR for hours in (6, 12, 18, 24, 48, 96, 192, 336))
"""Requests are counted in steps that end so long after the release (ms): work moves within hours."""
LATEST: Final = 2
"""Releases that are followed; an older one makes way."""
_STEPS: Final = len(ENDS)


class Release(NamedTuple):
    """A model that came out."""

    time: int
    """ms"""
    model: str


class Uptake:
    """How much of what accounts ask is for one released model; integers, so that parts of a log add up."""

    def __init__(self, release: Release, key: np.uint64, before: NDArray[np.int32]) -> None:
        """`before` are the requests of each account until the release, `key` the model's keyed hash."""
        self.release = release
        self._key = key
        self._before = before
        self._asked: NDArray[np.int32] = np.zeros((0, _STEPS), dtype=np.int32)
        self._moved: NDArray[np.int32] = np.zeros((0, _STEPS), dtype=np.int32)
        self._everybody: NDArray[np.int64] = np.zeros((2, _STEPS), dtype=np.int64)

    @property
    def ends(self) -> NDArray[np.int64]:
        """When each step ends, ms."""
        return self.release.time + np.array(ENDS, dtype=np.int64)

    @property
    def everybody(self) -> NDArray[np.int64]:
        """Requests of all accounts in each step, shape (2, steps): all of them, and those for the model."""
        return self._everybody

    def fold(self, rows: NDArray[np.void], accounts: int) -> None:
        """Count a tick's requests, rows of EVENT_ROW with account rows below `accounts`."""
        self._asked, self._moved = reserved(self._asked, accounts), reserved(self._moved, accounts)
        step = np.searchsorted(self.ends, rows["time"])
        asked = (rows["time"] > self.release.time) & (step < _STEPS)
        moved = asked & (rows["model"] == self._key)
        for at, (counts, told) in enumerate(((self._asked, asked), (self._moved, moved))):
            np.add.at(counts, (rows["account"][told], step[told]), 1)
            self._everybody[at] += np.bincount(step[told], minlength=_STEPS)

    def before(self, members: NDArray[np.int64]) -> int:
        """Requests of `members` (account rows) before the release."""
        return int(self._before[members[members < len(self._before)]].sum())

    def of(self, members: NDArray[np.int64]) -> NDArray[np.int64]:
        """Requests of `members` in each step, shape (2, steps), as in `everybody`."""
        known = members[members < len(self._asked)]
        return np.stack([table[known].sum(axis=0, dtype=np.int64) for table in (self._asked, self._moved)])


class Releases:
    """The latest releases that have come to be known, and what followed."""

    def __init__(self, key: HashKey) -> None:
        self._key = key
        self._due: list[Release] = []
        self._open: list[Uptake] = []

    @property
    def uptakes(self) -> tuple[Uptake, ...]:
        """Of the latest releases, in their order."""
        return tuple(self._open)

    def add(self, records: Iterable[Lifecycle]) -> None:
        """Take note of some records; others than releases of models are passed over."""
        known = {*self._due, *(one.release for one in self._open)}
        new = {Release(one.time, one.subject) for one in records if one.kind == "model_release"} - known
        self._due = sorted([*self._due, *new])

    def fold(self, rows: NDArray[np.void], totals: NDArray[np.int32], end: int) -> None:
        """Count the requests of a tick that ended at `end` (ms), rows of EVENT_ROW.

        `totals` are all requests of each account, those of the tick included.
        """
        while self._due and self._due[0].time < end:
            self._begin(self._due.pop(0), rows, totals)
        for uptake in self._open:
            if rows["time"].min(initial=end) <= uptake.ends[-1]:
                uptake.fold(rows, len(totals))

    def steps(self, end: int) -> int:
        """How many steps have ended by `end` (ms): with each there is more to say."""
        return sum(1 + int((uptake.ends <= end).sum()) for uptake in self._open)

    def _begin(self, release: Release, rows: NDArray[np.void], totals: NDArray[np.int32]) -> None:
        later = rows["account"][rows["time"] > release.time]
        before = (totals - np.bincount(later, minlength=len(totals))).astype(np.int32)
        key = hash_strings([release.model], self._key)[0]
        latest = sorted([*self._open, Uptake(release, key, before)], key=lambda one: one.release)
        self._open = latest[-LATEST:]
