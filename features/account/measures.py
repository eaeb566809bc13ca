"""The few ways in which counters become numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from numba import njit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PRIOR: Final = 2.0
"""Events of an unremarkable account that every share starts from, so that few events say little."""

_PAIR: Final = 2


@njit(cache=True, nogil=True)
def share(part: float, whole: float, usual: float) -> float:
    """`part / whole`, drawn towards the `usual` share when `whole` is small; NaN when it is zero.

    No part is no share, whatever the whole: drawn, it would tell how many requests there were, and volume
    would enter evidence by the back door.
    """
    if whole <= 0:
        return math.nan
    if part <= 0:
        return 0.0
    return min((part + PRIOR * usual) / (whole + PRIOR), 1.0)


@njit(cache=True, nogil=True)
def mean(total: float, count: float) -> float:
    """`total / count`; NaN without a count."""
    return total / count if count > 0 else math.nan


@njit(cache=True, nogil=True)
def spread(total: float, squares: float, count: float) -> float:
    """Standard deviation of `count` values from their sum and their sum of squares; NaN below two."""
    if count < _PAIR:
        return math.nan
    centre = total / count
    return math.sqrt(max(squares / count - centre * centre, 0.0))


@njit(cache=True, nogil=True)
def top(counts: NDArray[np.int32 | np.uint16]) -> float:
    """The highest count."""
    highest = 0
    for count in counts:
        highest = max(highest, count)
    return float(highest)


@njit(cache=True, nogil=True)
def entropy(counts: NDArray[np.int32 | np.uint16]) -> float:
    """Shannon entropy of counts, in bits; NaN without a count."""
    total = 0
    for count in counts:
        total += count
    if total == 0:
        return math.nan
    bits = 0.0
    for count in counts:
        if count > 0:
            bits -= count / total * math.log2(count / total)
    return bits
