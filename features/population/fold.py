"""Fold events into the populations of the objects they show: one compiled pass, in order of time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numba import njit

from features.account.fold import DAY, count_event, is_verdict
from features.population.layout import DROPPED, KINDS, MEANS
from features.population.members import drop_members, enter, is_member
from features.population.objects import keys_of
from features.population.shared import count_shared, count_turn
from features.population.slots import show

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from features.hashing import Word
    from features.population.layout import Tables
    from features.rows import Record

_MEANS: Final = MEANS.start


@njit(cache=True, nogil=True)
def fold_events(
    tables: Tables,
    rows: NDArray[np.void],
    sketches: NDArray[np.void],
    origins: NDArray[np.int32],
    order: NDArray[np.int64],
    kinds: tuple[int, int],
    most_members: int,
    out: NDArray[np.int32],
) -> None:
    """Fold `rows[order]`; `out`, shape (n, kinds), gets the population of each event's objects.

    It starts full of FREE. `kinds` is a first and an end of KINDS. `origins` says to whom an event's newest
    earlier answer was served, FREE where that is unknown. An object of MEANS that more than `most_members`
    show is dropped. There must be room for three edges, one row and one slot an object.
    """
    keys = np.empty(len(KINDS), dtype=np.uint64)
    for i in order:
        row = rows[i]
        if is_verdict(row):
            continue
        keys_of(row, sketches[i], keys)
        for kind in range(kinds[0], kinds[1]):
            if keys[kind] != 0:
                population = _shown(tables, keys[kind], kind, row, most_members)
                if population >= 0:
                    _count(tables, population, row, sketches[i], origins[i])
                    out[i, kind - kinds[0]] = population


@njit(cache=True, nogil=True, inline="always")
def _shown(tables: Tables, key: Word, kind: int, row: Record, most_members: int) -> int:
    slot = tables.slots[show(tables, key, kind, row)]
    population = slot.row
    if kind < _MEANS or population < 0 or tables.groups[population].members < most_members:
        return population
    if is_member(tables, population, row.account):
        return population
    drop_members(tables.groups[population], tables.edges, tables.of_account)
    slot.row = DROPPED
    return DROPPED


@njit(cache=True, nogil=True, inline="always")
def _count(tables: Tables, population: int, row: Record, sketch: Record, origin: int) -> None:
    group = tables.groups[population]
    number = enter(tables, population, row.account, 1, row.time // DAY)
    count_turn(group, tables.edges[number], row.account)
    if tables.states.shape[0] > 0:
        count_event(tables.states[population], row, sketch)
        count_shared(group, row, sketch, origin)
