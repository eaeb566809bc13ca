"""Columns in which equal elements stand together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def starts(groups: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether each element begins a run of equal ones."""
    found = np.ones(len(groups), dtype=bool)
    np.not_equal(groups[1:], groups[:-1], out=found[1:])
    return found


def rank(groups: NDArray[Any]) -> NDArray[np.int64]:
    """Position of each element in its run of equal ones."""
    at = np.arange(len(groups))
    return at - np.maximum.accumulate(np.where(starts(groups), at, 0))
