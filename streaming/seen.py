"""The event ids seen lately: an open-addressing table that forgets what is too old."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FULL: Final = 0.8

SEEN: Final = np.dtype([("event", "<u8"), ("available", "<i8")])
"""The hash of an event's id, and when it became available (ms)."""


class SeenIds:
    """64-bit event hashes and when each became available; 0 marks an empty slot.

    `reserve` before adding: the table is then never fuller than 80 %, and forgets old ids while it grows.
    """

    def __init__(self, capacity: int = 1 << 16) -> None:
        self.ids: NDArray[np.uint64] = np.zeros(capacity, dtype=np.uint64)
        self.times: NDArray[np.int64] = np.zeros(capacity, dtype=np.int64)
        self._used = 0
        self._oldest: int | None = None

    def reserve(self, more: int) -> None:
        """Make room for `more` ids."""
        if self._used + more <= _FULL * len(self.ids):
            return
        kept = self.ids != 0
        if self._oldest is not None:
            kept &= self.times >= self._oldest
        ids, times = self.ids[kept], self.times[kept]
        capacity = len(self.ids)
        while len(ids) + more > _FULL / 2 * capacity:
            capacity *= 2
        self.ids = np.zeros(capacity, dtype=np.uint64)
        self.times = np.zeros(capacity, dtype=np.int64)
        _insert(self.ids, self.times, ids, times)
        self._used = len(ids)

    def added(self, count: int, watermark: int | None, remember: int) -> None:
        """Tell that `count` ids were put in, and from when on ids matter."""
        self._used += count
        if watermark is not None:
            self._oldest = watermark - remember

    def recall(self, seen: NDArray[np.void]) -> None:
        """Put in ids again, dtype SEEN, the latest of one id last; there must be room for them."""
        _insert(self.ids, self.times, seen["event"], seen["available"])
        self._used += len(seen)


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
