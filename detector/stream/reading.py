"""Frames of closed ticks, read on after each failure of the store."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from detector.store.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detector.store.intake import Frame
    from detector.store.interface import LeaderStore
    from detector.stream.patience import Patience


class ClosedTicks:
    """Ticks that hold frames, and their frames; the next is read when the one before is done with."""

    def __init__(self, store: LeaderStore, after: int | None, until: int, patience: Patience) -> None:
        """Of the ticks `after < tick <= until`."""
        self._store = store
        self._after = after
        self._until = until
        self._patience = patience
        self._reading: Iterator[tuple[int, list[Frame]]] | None = None

    def __iter__(self) -> Iterator[tuple[int, list[Frame]]]:
        """Raises `StoreUnavailable` once patience has ended."""
        while (found := self._patience.call(self._next)) is not None:
            yield found

    def _next(self) -> tuple[int, list[Frame]] | None:
        if self._reading is None:
            self._reading = self._ticks()
        try:
            found = next(self._reading, None)
        except StoreUnavailable:
            # What raised is at its end: another begins after the last whole tick.
            self._reading = None
            raise
        if found is not None:
            self._after = found[0]
        return found

    def _ticks(self) -> Iterator[tuple[int, list[Frame]]]:
        stored = (frame for _, frame in self._store.frames(self._after, self._until))
        for tick, frames in groupby(stored, key=lambda frame: frame.tick):
            yield tick, list(frames)
