"""Provenance over all accounts: to whom an answer was served that comes back in somebody's input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numba import njit, uint64

from features.account.fold import DAY
from features.population.layout import FREE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from features.hashing import Word

SERVED: Final = np.dtype([("key", "<u8"), ("account", "<i4"), ("day", "<i4")], align=True)
"""An answer, and the account it was served to; FREE when to more than one."""

_FULL: Final = 0.7


class ServedAnswers:
    """The answers served lately, by the hash of how they begin. At most `capacity` are kept, the newest."""

    def __init__(self, capacity: int = 1 << 23) -> None:
        self._slots: NDArray[np.void] = np.zeros(1 << 12, dtype=SERVED)
        self._used = 0
        self._capacity = capacity

    def trace(
        self, rows: NDArray[np.void], sketches: NDArray[np.void], order: NDArray[np.int64]
    ) -> NDArray[np.int32]:
        """To whom each event's newest earlier answer was served, shape (n,); FREE where that is unknown.

        Then remembers the answers of these events. An answer that several accounts got tells nothing.
        """
        self._reserve(len(order))
        out = np.full(len(rows), FREE, dtype=np.int32)
        self._used += _trace(rows, sketches, order, self._slots, out)
        return out

    def _reserve(self, more: int) -> None:
        if self._used + more <= _FULL * len(self._slots):
            return
        kept = self._slots[self._slots["key"] != 0]
        if len(kept) + more > self._capacity:
            newest = np.sort(np.argsort(-kept["day"], kind="stable")[: self._capacity // 2])
            kept = kept[newest]
        size = len(self._slots)
        while len(kept) + more > _FULL / 2 * size:
            size *= 2
        self._slots = np.zeros(size, dtype=SERVED)
        _insert(kept, self._slots)
        self._used = len(kept)


@njit(cache=True, nogil=True)
def _find(key: Word, slots: NDArray[np.void]) -> Word:
    mask = uint64(slots.shape[0] - 1)
    at = uint64(key) & mask
    while slots[at].key != 0 and slots[at].key != key:
        at = (at + uint64(1)) & mask
    return at


@njit(cache=True, nogil=True)
def _insert(kept: NDArray[np.void], slots: NDArray[np.void]) -> None:
    for i in range(kept.shape[0]):
        slots[_find(kept[i].key, slots)] = kept[i]


@njit(cache=True, nogil=True)
def _trace(
    rows: NDArray[np.void],
    sketches: NDArray[np.void],
    order: NDArray[np.int64],
    slots: NDArray[np.void],
    out: NDArray[np.int32],
) -> int:
    added = 0
    for i in order:
        newest = sketches[i].turns[0]
        if newest != 0:
            at = _find(newest, slots)
            if slots[at].key != 0:
                out[i] = slots[at].account
        response = sketches[i].response
        if response == 0:
            continue
        at = _find(response, slots)
        if slots[at].key == 0:
            slots[at].key = response
            slots[at].account = rows[i].account
            added += 1
        elif slots[at].account != rows[i].account:
            slots[at].account = FREE
        slots[at].day = rows[i].time // DAY
    return added
