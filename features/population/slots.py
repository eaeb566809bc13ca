"""Rows by their keys: open addressing with linear probing, and who showed an object first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numba import njit, uint64

from features.account.fold import DAY, HOUR
from features.population.layout import FREE, ROWS, SLOTS
from features.population.members import enter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from features.hashing import Word
    from features.population.layout import Tables
    from features.rows import Record

FULL: Final = 0.7
"""Share of its places that a table uses at most."""
START: Final = 1 << 12
"""Places of a new table."""
_ROOM: Final = 1.25


def places(needed: int) -> int:
    """The power of two that leaves an open-addressing table room to grow by a quarter."""
    return max(START, 1 << int(np.ceil(np.log2(max(needed, 1) * _ROOM / FULL))))


@njit(cache=True, nogil=True)
def slot_of(key: Word, slots: NDArray[np.void]) -> Word:
    """Where `key` is in `slots`, or where it would go."""
    mask = uint64(slots.shape[0] - 1)
    at = uint64(key) & mask
    while slots[at].key != 0 and slots[at].key != key:
        at = (at + uint64(1)) & mask
    return at


@njit(cache=True, nogil=True)
def enter_objects(kept: NDArray[np.void], slots: NDArray[np.void]) -> None:
    """Enter rows by their keys into empty `slots`."""
    for i in range(kept.shape[0]):
        slots[slot_of(kept[i].key, slots)] = kept[i]


@njit(cache=True, nogil=True, inline="always")
def show(tables: Tables, key: Word, kind: int, row: Record) -> Word:
    """The slot of an object that an event shows; counts it there until the third account does."""
    at = slot_of(key, tables.slots)
    slot = tables.slots[at]
    if slot.key == 0:
        tables.used[SLOTS] += 1
        slot.key = key
        slot.row = FREE
        slot.second = FREE
        slot.first = row.account
    slot.hour = max(slot.hour, row.time // HOUR)
    if slot.row == FREE:
        is_third = _count_alone(slot, row.account)
        if is_third:
            _promote(tables, slot, kind)
    return at


@njit(cache=True, nogil=True)
def _count_alone(slot: Record, account: int) -> bool:
    if slot.first == account:
        slot.first_n += 1
        return False
    if slot.second == FREE:
        slot.second = account
    if slot.second == account:
        slot.second_n += 1
        return False
    return True


@njit(cache=True, nogil=True)
def _promote(tables: Tables, slot: Record, kind: int) -> None:
    slot.row = tables.used[ROWS]
    tables.used[ROWS] += 1
    group = tables.groups[slot.row]
    group.key = slot.key
    group.kind = kind
    group.edge = FREE
    group.last_account = FREE
    # when the first two showed it is not kept; that it is not long forgotten is
    day = slot.hour * HOUR // DAY
    enter(tables, slot.row, slot.first, slot.first_n, day)
    enter(tables, slot.row, slot.second, slot.second_n, day)
