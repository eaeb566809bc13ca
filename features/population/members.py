"""Members: which account has which part in which population, found by a pair of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit, uint64

from features.hashing import mix64
from features.population.layout import FREE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from features.hashing import Word


@njit(cache=True, nogil=True)
def pair_slot(population: int, account: int, slots: NDArray[np.int32], edges: NDArray[np.void]) -> Word:
    """Where the edge of the pair is in `slots`, or where it would go; `slots` has a power of two of places."""
    mask = uint64(slots.shape[0] - 1)
    at = mix64((uint64(population) << uint64(32)) | uint64(account)) & mask
    while slots[at] != FREE:
        edge = edges[slots[at]]
        if edge.population == population and edge.account == account:
            return at
        at = (at + uint64(1)) & mask
    return at


@njit(cache=True, nogil=True)
def index_edges(edges: NDArray[np.void], count: int, slots: NDArray[np.int32]) -> None:
    """Enter the first `count` edges into empty `slots`."""
    for number in range(count):
        edge = edges[number]
        slots[pair_slot(edge.population, edge.account, slots, edges)] = number


@njit(cache=True, nogil=True)
def link_edges(
    edges: NDArray[np.void], count: int, groups: NDArray[np.void], of_account: NDArray[np.int32]
) -> None:
    """Build both linked lists anew, in the order of the edges."""
    for number in range(count):
        edge = edges[number]
        edge.next_member = groups[edge.population].edge
        groups[edge.population].edge = number
        edge.next_population = of_account[edge.account]
        of_account[edge.account] = number


@njit(cache=True, nogil=True)
def members_of(group: int, groups: NDArray[np.void], edges: NDArray[np.void]) -> NDArray[np.int64]:
    """The edges of a population, the newest member first."""
    out = np.empty(groups[group].members, dtype=np.int64)
    at, found = groups[group].edge, 0
    while at != FREE and found < out.shape[0]:
        out[found] = at
        found += 1
        at = edges[at].next_member
    return out[:found]
