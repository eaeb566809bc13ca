"""The loops that arrays alone do not do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from features.account.fold import is_verdict
from features.account.sketches import distinct
from features.population.layout import FREE
from features.population.objects import keys_of

if TYPE_CHECKING:
    from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def walk(
    heads: NDArray[np.int32],
    edges: NDArray[np.void],
    wanted: NDArray[np.bool_],
    least: int,
    since: int,
    out: NDArray[np.int64],
) -> int:
    """Write the place of each account and the number of each of its edges to `out`; how many there are.

    Edges to populations that are `wanted` (all, where it is empty), of `least` requests and as late as
    the day `since`. Those that `out` has no room for are only counted.
    """
    found = 0
    for place in range(heads.shape[0]):
        at = heads[place]
        while at != FREE:
            edge = edges[at]
            told = wanted.shape[0] == 0 or wanted[edge.population]
            if told and edge.count >= least and edge.day >= since:
                if found < out.shape[1]:
                    out[0, found] = place
                    out[1, found] = at
                found += 1
            at = edge.next_population
    return found


@njit(cache=True, nogil=True)
def thin_out(
    order: NDArray[np.int64],
    starts: NDArray[np.int64],
    accounts: NDArray[np.int64],
    degree: NDArray[np.int64],
    stragglers: float,
    out: NDArray[np.bool_],
) -> None:
    """Mark in `out` the objects of `order` that all but a few of their accounts can do without.

    An object's accounts are `accounts[starts[object]:starts[object + 1]]`; `degree` counts the objects that
    link each account, and falls.
    """
    for thing in order:
        some = accounts[starts[thing] : starts[thing + 1]]
        lost = 0
        for account in some:
            lost += degree[account] < 2  # noqa: PLR2004 - itself and another
        if lost <= stragglers * some.shape[0]:
            out[thing] = True
            for account in some:
                degree[account] -= 1


@njit(cache=True, nogil=True)
def distinct_each(registers: NDArray[np.uint8]) -> NDArray[np.float64]:
    """How many different values each account's registers, shape (accounts, bytes), have counted."""
    out = np.empty(registers.shape[0])
    for at in range(registers.shape[0]):
        out[at] = distinct(registers[at])
    return out


@njit(cache=True, nogil=True)
def keys_of_each(rows: NDArray[np.void], sketches: NDArray[np.void], out: NDArray[np.uint64]) -> None:
    """Write the keys of the objects that each event shows to `out`, shape (n, kinds); verdicts show none."""
    for i in range(rows.shape[0]):
        if is_verdict(rows[i]):
            out[i] = 0
        else:
            keys_of(rows[i], sketches[i], out[i])
