"""Feature values rounded to a few hundred levels, so that many fits on the same rows are affordable.

Boosting bins every feature into 255 levels before it learns. With sample weights scikit-learn finds the
edges by weighted percentiles, anew in each fit, and that takes three quarters of a fit's time; values that
come in no more levels than that are taken as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEVELS: Final = 250
"""Levels of a feature; boosting has room for 255."""


def coarsened(
    vectors: NDArray[np.float64], weights: NDArray[np.float64], levels: int = LEVELS
) -> NDArray[np.float64]:
    """The same vectors, each value replaced by the mean of those of its level; missing ones stay missing.

    Levels are quantiles under the `weights` of a fit, as boosting's own bins are: where a small family lies,
    they are as fine as where most honest accounts lie.
    """
    rounded = vectors.copy()
    for column in rounded.T:
        known = ~np.isnan(column)
        column[known] = _coarse(column[known], weights[known], levels)
    return rounded


def _coarse(values: NDArray[np.float64], weights: NDArray[np.float64], levels: int) -> NDArray[np.float64]:
    if len(np.unique(values)) <= levels:
        return values
    order = np.argsort(values)
    reached = np.cumsum(weights[order])
    wanted = reached[-1] * np.linspace(0.0, 1.0, levels + 1)[1:-1]
    edges = np.unique(values[order][np.searchsorted(reached, wanted)])
    level = np.searchsorted(edges, values, side="right")
    count = np.bincount(level, minlength=levels)
    sums = np.bincount(level, values, levels)
    means: NDArray[np.float64] = (sums / np.maximum(count, 1))[level]
    return means
