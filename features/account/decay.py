"""Halving: how an account's row forgets, so that an account that changes is seen as what it is now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from features.account.layout import COUNTERS, DISTINCT_LARGE, DISTINCT_SMALL, SUMS, TRACKED

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HALVED = (*COUNTERS, "day_peak", "hours", "purposes", *(f"{name}_n" for name in TRACKED))


def decay(table: NDArray[np.void], accounts: NDArray[np.int64], now: int, half_life: int) -> None:
    """Halve the counters of `accounts` (distinct rows of `table`) once per half-life of their age at `now`.

    `now` and `half_life` in ms. An account is halved when it is next touched, not before: the result is the
    same, because nothing was added in between.
    """
    owed = (now - table["first"][accounts]) // half_life - table["halvings"][accounts]
    owed[table["total"][accounts] == 0] = 0
    while (owed > 0).any():
        due = accounts[owed > 0]
        for name, count in SUMS.items():
            table[name][due] = _halve_sum(table[name][due], table[count][due])
        for name in _HALVED:
            table[name][due] >>= 1
        for name in (*DISTINCT_LARGE, *DISTINCT_SMALL):
            table[name][due] = _thin(table[name][due])
        table["halvings"][due] += 1
        owed -= 1


def _halve_sum(sums: NDArray[np.int64], counts: NDArray[np.int32]) -> NDArray[np.int64]:
    """Half of each sum; an odd count loses its remainder, so its sum loses one mean, and the mean stays."""
    odd = counts & 1
    return (sums - odd * (sums // np.maximum(counts, 1))) >> 1


def _thin(registers: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """HyperLogLog registers, one rank less: the sketch of a sample that kept each value with one half."""
    low, high = registers & 15, registers >> 4
    thinned = (low - (low > 0)) | ((high - (high > 0)) << 4)
    return thinned.astype(np.uint8)
