"""Events that were admitted to a tick and wait for it to close."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from features.plain import joined_rows, taken
from features.rows import EVENT_ROW, SKETCH_ROW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class Chunk(NamedTuple):
    """Accepted events as columns, without a word of their text."""

    rows: NDArray[np.void]
    """shape (n,), dtype `features.rows.EVENT_ROW`"""
    sketches: NDArray[np.void]
    """shape (n,), dtype `features.rows.SKETCH_ROW`"""
    ticks: NDArray[np.int64]
    """shape (n,): in which tick each counts"""
    names: Sequence[str]
    """of the accounts, by `rows["account"]`: one gets its row in the tick of its first event, not before"""

    def at(self, index: NDArray[np.int64]) -> Chunk:
        """Some of the events, with the names of their accounts only."""
        rows = taken(self.rows, index)
        codes, rows["account"] = np.unique(rows["account"], return_inverse=True)
        names = [self.names[code] for code in codes.tolist()]
        return Chunk(rows, taken(self.sketches, index), self.ticks[index], names)

    def by_tick(self) -> list[Chunk]:
        """The events of each tick, by tick, in their order."""
        order = np.argsort(self.ticks, kind="stable")
        rows, sketches, ticks = taken(self.rows, order), taken(self.sketches, order), self.ticks[order]
        cuts = [0, *(np.flatnonzero(np.diff(ticks)) + 1).tolist(), len(ticks)]
        of = np.repeat(np.arange(len(cuts) - 1), np.diff(cuts))
        # Names of all ticks at once: a tick has few events, and one call each would cost more than they do.
        pairs, place = np.unique(of * len(self.names) + rows["account"], return_inverse=True)
        first = np.searchsorted(pairs, np.arange(len(cuts)) * len(self.names))
        rows["account"] = place - first[of]
        names = [self.names[code] for code in (pairs % max(len(self.names), 1)).tolist()]
        return [
            Chunk(rows[a:b], sketches[a:b], ticks[a:b], names[c:d])
            for (a, b), (c, d) in zip(pairwise(cuts), pairwise(first.tolist()), strict=True)
            if b > a
        ]


EMPTY: Final = Chunk(np.zeros(0, EVENT_ROW), np.zeros(0, SKETCH_ROW), np.zeros(0, np.int64), ())


def joined(chunks: Sequence[Chunk]) -> Chunk:
    """The events of all `chunks`, of which there is at least one; a name may then be there twice."""
    rows = joined_rows([chunk.rows for chunk in chunks], EVENT_ROW)
    sketches = joined_rows([chunk.sketches for chunk in chunks], SKETCH_ROW)
    ticks = np.concatenate([chunk.ticks for chunk in chunks])
    first = np.cumsum([0, *(len(chunk.names) for chunk in chunks[:-1])])
    rows["account"] += np.repeat(first, [len(chunk.rows) for chunk in chunks]).astype(np.int32)
    return Chunk(rows, sketches, ticks, [name for chunk in chunks for name in chunk.names])


class Pending:
    """Events of ticks that have not closed, as they came; put together when a tick closes."""

    def __init__(self) -> None:
        self._chunks: list[Chunk] = []

    def add(self, chunk: Chunk) -> None:
        """Hold the events of a batch."""
        if len(chunk.ticks):
            self._chunks.append(chunk)

    def latest(self, until: int) -> int | None:
        """The last tick up to `until` that holds events."""
        held = [ticks.max() for chunk in self._chunks if len(ticks := chunk.ticks[chunk.ticks <= until])]
        return int(max(held)) if held else None

    def take(self, last: int) -> list[Chunk]:
        """The events of each tick up to `last`, by tick; they are held no longer."""
        if all(chunk.ticks.min() > last for chunk in self._chunks):
            return []
        held = joined(self._chunks)
        due = held.ticks <= last
        self._chunks = []
        self.add(held.at(np.flatnonzero(~due)))
        return held.at(np.flatnonzero(due)).by_tick()
