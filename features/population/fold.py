"""Fold events into the populations of the objects they show: one compiled pass, in order of time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numba import njit, uint64

from features.account.fold import DAY, FORBIDDEN, HOUR, UNAUTHORIZED, count_event, log256
from features.account.sketches import add_distinct
from features.hashing import mix64
from features.population.layout import FREE, KINDS
from features.population.members import pair_slot
from features.population.objects import batch_of, keys_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from features.hashing import Word
    from features.rows import Record

ROWS: Final = 0
EDGES: Final = 1
SLOTS: Final = 2
"""Places of the numbers in use in `used`."""


@njit(cache=True, nogil=True)
def slot_of(key: Word, slots: NDArray[np.void]) -> Word:
    """Where `key` is in `slots`, or where it would go; `slots` has a power of two of places."""
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


@njit(cache=True, nogil=True)
def fold_events(
    rows: NDArray[np.void],
    sketches: NDArray[np.void],
    origins: NDArray[np.int32],
    order: NDArray[np.int64],
    kinds: tuple[int, int],
    slots: NDArray[np.void],
    states: NDArray[np.void],
    groups: NDArray[np.void],
    edges: NDArray[np.void],
    pairs: NDArray[np.int32],
    of_account: NDArray[np.int32],
    used: NDArray[np.int64],
    out: NDArray[np.int32],
) -> None:
    """Fold `rows[order]`; `out`, shape (n, kinds), gets the population of each event's objects or FREE.

    `kinds` is a first and an end of KINDS. `origins` says to whom an event's newest earlier answer was
    served, FREE where that is unknown. Requests are counted in `states` unless it is empty. There must be
    room for `3 * n * kinds` edges and a third as many rows and slots.
    """
    keys = np.empty(len(KINDS), dtype=np.uint64)
    for i in order:
        out[i, :] = FREE
        row = rows[i]
        if row.denied == 1 or row.status in {UNAUTHORIZED, FORBIDDEN}:
            continue
        keys_of(row, sketches[i], keys)
        for kind in range(kinds[0], kinds[1]):
            if keys[kind] == 0:
                continue
            at = slot_of(keys[kind], slots)
            _show(slots[at], keys[kind], kind, row, groups, edges, pairs, of_account, used)
            population = slots[at].row
            if population == FREE:
                continue
            _count_member(population, row, groups, edges, pairs, of_account, used)
            if states.shape[0] > 0:
                count_event(states[population], row, sketches[i])
                _count_group(groups[population], row, sketches[i], origins[i])
            out[i, kind - kinds[0]] = population


@njit(cache=True, nogil=True)
def _show(
    slot: Record,
    key: Word,
    kind: int,
    row: Record,
    groups: NDArray[np.void],
    edges: NDArray[np.void],
    pairs: NDArray[np.int32],
    of_account: NDArray[np.int32],
    used: NDArray[np.int64],
) -> None:
    """Count an object that is no population yet; the third account makes it one."""
    slot.day = row.time // DAY
    if slot.key == 0:
        used[SLOTS] += 1
        slot.key = key
        slot.row = FREE
        slot.second = FREE
        slot.first = row.account
        slot.first_n = 0
        slot.second_n = 0
    if slot.row != FREE:
        return
    if slot.first == row.account:
        slot.first_n += 1
    elif slot.second in {FREE, row.account}:
        slot.second = row.account
        slot.second_n += 1
    else:
        slot.row = used[ROWS]
        used[ROWS] += 1
        group = groups[slot.row]
        group.key = key
        group.kind = kind
        group.edge = FREE
        group.last_account = FREE
        for account, count in ((slot.first, slot.first_n), (slot.second, slot.second_n)):
            _enter(slot.row, account, row.time, groups, edges, pairs, of_account, used, count)


@njit(cache=True, nogil=True)
def _enter(
    population: int,
    account: int,
    time: int,
    groups: NDArray[np.void],
    edges: NDArray[np.void],
    pairs: NDArray[np.int32],
    of_account: NDArray[np.int32],
    used: NDArray[np.int64],
    count: int,
) -> int:
    """Count requests of a member, who may be new; the number of its edge."""
    group = groups[population]
    at = pair_slot(population, account, pairs, edges)
    if pairs[at] == FREE:
        number = used[EDGES]
        used[EDGES] += 1
        pairs[at] = number
        edge = edges[number]
        edge.population = population
        edge.account = account
        edge.count = 0
        edge.at = FREE
        edge.next_member = group.edge
        edge.next_population = of_account[account]
        group.edge = number
        of_account[account] = number
        group.members += 1
    edge = edges[pairs[at]]
    group.steady += edge.count < 2 <= edge.count + count
    group.squares += count * (2 * edge.count + count)
    edge.count += count
    edge.day = time // DAY
    group.events += count
    group.most = max(group.most, edge.count)
    return pairs[at]


@njit(cache=True, nogil=True)
def _count_member(
    population: int,
    row: Record,
    groups: NDArray[np.void],
    edges: NDArray[np.void],
    pairs: NDArray[np.int32],
    of_account: NDArray[np.int32],
    used: NDArray[np.int64],
) -> None:
    edge = edges[_enter(population, row.account, row.time, groups, edges, pairs, of_account, used, 1)]
    group = groups[population]
    if edge.at != FREE:
        value = log256(group.events - edge.at)
        group.turns += 1
        group.log_turn += value
        group.log_turn_sq += value * value
    edge.at = group.events
    if group.last_account != FREE:
        group.switches += group.last_account != row.account
    group.last_account = row.account


@njit(cache=True, nogil=True)
def _count_group(group: Record, row: Record, sketch: Record, origin: int) -> None:
    if row.account_created > 0:
        value = log256(max(row.time - row.account_created, 0) / HOUR)
        group.with_age += 1
        group.log_age += value
        group.log_age_sq += value * value
    if origin != FREE:
        group.known += 1
        group.foreign += origin != row.account
    payer = row.payment if row.payment != 0 else mix64(row.account + 1)
    add_distinct(group.payers, payer)
    add_distinct(group.orgs, row.org if row.org != 0 else payer)
    if row.ip_net != 0:
        add_distinct(group.networks, row.ip_net)
    if row.device != 0:
        add_distinct(group.devices, row.device)
    batch = batch_of(row)
    if batch != 0:
        add_distinct(group.batches, batch)
    if sketch.present == 1 and sketch.user_turns > 0:
        add_distinct(group.openings, sketch.opening)
        add_distinct(group.templates, mix64(sketch.template))
        add_distinct(group.heads, mix64(sketch.head))
        add_distinct(group.tails, mix64(sketch.tail))
