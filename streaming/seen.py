"""The event ids seen lately: an open-addressing table that forgets what is too old."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_FULL: Final = 0.8

SEEN: Final = np.dtype([("event", "<u8"), ("available", "<i8")])
"""The hash of an event's id, and when it became available (ms)."""


class Slots(NamedTuple):
    """Room for ids and when each became available, zeros where there is none; a power of two of each."""

    ids: NDArray[np.uint64]
    times: NDArray[np.int64]


def new_slots(capacity: int) -> Slots:
    """In memory."""
    return Slots(np.zeros(capacity, dtype=np.uint64), np.zeros(capacity, dtype=np.int64))


class SeenIds:
    """64-bit event hashes and when each became available; 0 marks an empty slot.

    `reserve` before adding: the table is then never fuller than 80 %, and forgets old ids while it grows.
    `room` makes its slots, and is told how many.
    """

    def __init__(self, capacity: int = 1 << 16, room: Callable[[int], Slots] = new_slots) -> None:
        self._room = room
        self.ids, self.times = room(capacity)
        self.used = 0
        self.oldest: int | None = None
        """what became available before it is forgotten; None: nothing"""

    @classmethod
    def of(cls, slots: Slots, used: int, oldest: int | None, room: Callable[[int], Slots]) -> SeenIds:
        """A table that is there."""
        found = cls(0, lambda _: slots)
        found._room, found.used, found.oldest = room, used, oldest
        return found

    def reserve(self, more: int) -> None:
        """Make room for `more` ids."""
        if self.used + more <= _FULL * len(self.ids):
            return
        kept = self.ids != 0
        if self.oldest is not None:
            kept &= self.times >= self.oldest
        ids, times = self.ids[kept], self.times[kept]
        capacity = len(self.ids)
        while len(ids) + more > _FULL / 2 * capacity:
            capacity *= 2
        self.ids, self.times = self._room(capacity)
        _insert(self.ids, self.times, ids, times)
        self.used = len(ids)

    def added(self, count: int, watermark: int | None, remember: int) -> None:
        """Tell that `count` ids were put in, and from when on ids matter."""
        self.used += count
        if watermark is not None:
            self.oldest = watermark - remember

    def recall(self, seen: NDArray[np.void]) -> None:
        """Put in ids again, dtype SEEN, the latest of one id last; there must be room for them."""
        _insert(self.ids, self.times, seen["event"], seen["available"])
        self.used += len(seen)


@njit(cache=True, nogil=True)
def _insert(
    ids: NDArray[np.uint64],
    times: NDArray[np.int64],
    new_ids: NDArray[np.uint64],
    new_times: NDArray[np.int64],
) -> None:
    mask = np.uint64(ids.shape[0] - 1)
    for i in range(new_ids.shape[0]):
        at = new_ids[i] & mask
        while ids[at] != 0 and ids[at] != new_ids[i]:
            at = (at + np.uint64(1)) & mask
        ids[at] = new_ids[i]
        times[at] = new_times[i]
