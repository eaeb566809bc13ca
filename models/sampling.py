"""Which rows a fit learns from where there are more than it needs, and what each of them stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows by lot, which weigh what all rows weigh."""

    at: NDArray[np.int64]
    """places of the rows, ascending"""
    weights: NDArray[np.float64]
    """of those rows, shape (len(at),)"""


def sampled(kinds: NDArray[np.str_], weights: NDArray[np.float64], most: int, seed: int) -> Sample:
    """At most so many rows, by lot within each kind; every row where there are no more.

    Small kinds stay whole, large ones are cut to one size, and each kind's rows weigh what all of it
    weighed (stratified sampling, Cochran 1977, 5.3). `kinds` and `weights` have shape (n,).
    """
    if len(kinds) <= most:
        return Sample(np.arange(len(kinds)), weights)
    _, of, counts = np.unique(kinds, return_inverse=True, return_counts=True)
    lots = np.random.default_rng(seed).random(len(kinds))
    order = np.lexsort((lots, of))
    rank = np.arange(len(kinds)) - np.repeat(np.cumsum(counts) - counts, counts)
    at = np.sort(order[rank < largest_share(counts, most)])
    mass, kept = np.bincount(of, weights), np.bincount(of[at], weights[at], len(counts))
    factors = np.divide(mass, kept, out=np.zeros(len(counts)), where=kept > 0)
    return Sample(at, weights[at] * factors[of[at]])


def largest_share(counts: NDArray[np.int64], most: int) -> int:
    """The size to which larger kinds are cut so that all kinds have at most `most` rows together."""
    left, ordered = most, np.sort(counts)
    for at, count in enumerate(ordered.tolist()):
        share = left // (len(ordered) - at)
        if count > share:
            return share
        left -= count
    return int(ordered[-1])
