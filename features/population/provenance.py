"""Provenance over all accounts: to whom an answer was served that comes back in somebody's input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numba import njit

from features.account.fold import DAY, is_verdict
from features.population.layout import FREE
from features.population.slots import FULL, START, enter_objects, places, slot_of
from features.state import State

if TYPE_CHECKING:
    from numpy.typing import NDArray

SERVED: Final = np.dtype([("key", "<u8"), ("account", "<i4"), ("day", "<i4")], align=True)
"""An answer, and the account it was served to; FREE when to more than one."""


class ServedAnswers:
    """The answers served lately, by the hash of how they begin: about `capacity` of them, the newest."""

    def __init__(self, capacity: int = 1 << 23) -> None:
        self._slots: NDArray[np.void] = np.zeros(START, dtype=SERVED)
        self._used = 0
        self._capacity = capacity

    def __len__(self) -> int:
        return self._used

    @property
    def nbytes(self) -> int:
        """Bytes kept, room to grow included."""
        return self._slots.nbytes

    def trace(
        self, rows: NDArray[np.void], sketches: NDArray[np.void], order: NDArray[np.int64]
    ) -> NDArray[np.int32]:
        """To whom each event's newest earlier answer was served, shape (n,); FREE where that is unknown.

        Also remembers the answers of these events. An answer that several accounts got tells nothing.
        """
        if self._used + len(order) > FULL * len(self._slots):
            self._keep(self._slots, len(order))
        out = np.full(len(rows), FREE, dtype=np.int32)
        self._used += _trace(rows, sketches, order, self._slots, out)
        return out

    def forget(self, before_day: int) -> None:
        """Forget answers that were last served before a day since the epoch."""
        self._keep(self._slots[self._slots["day"] >= before_day], 0)

    def state(self) -> State:
        """What `restore` needs."""
        return State({"slots": self._slots}, {"used": self._used})

    def restore(self, state: State) -> None:
        """Hold the answers of `state`."""
        self._slots = state.arrays["slots"]
        self._used = state.facts["used"]

    def _keep(self, slots: NDArray[np.void], more: int) -> None:
        kept = _newest(slots, self._capacity)
        self._slots = np.zeros(places(len(kept) + more), dtype=SERVED)
        enter_objects(kept, self._slots)
        self._used = len(kept)


def _newest(slots: NDArray[np.void], most: int) -> NDArray[np.void]:
    kept: NDArray[np.void] = slots[slots["key"] != 0]
    # of one day, by key: places depend on the size of the table
    oldest_first = np.lexsort((kept["key"], kept["day"])) if len(kept) > most else np.arange(len(kept))
    return np.asarray(kept[oldest_first[-most:]], dtype=SERVED)


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
        row = rows[i]
        if is_verdict(row):
            continue
        newest, response = sketches[i].turns[0], sketches[i].response
        if newest != 0:
            slot = slots[slot_of(newest, slots)]
            out[i] = slot.account if slot.key != 0 else FREE
        if response != 0:
            slot = slots[slot_of(response, slots)]
            added += slot.key == 0
            slot.account = row.account if slot.key == 0 or slot.account == row.account else FREE
            slot.key = response
            slot.day = max(slot.day, row.time // DAY)
    return added
