"""Objects by their keys: open addressing with linear probing, and who showed an object first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numba import njit, uint64

from features.account.fold import DAY, HOUR
from features.population.layout import FREE, ROWS, SLOTS
from features.population.members import enter

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from features.hashing import Word
    from features.population.layout import Tables
    from features.rows import Record


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
    """Enter objects into empty `slots`."""
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
