"""Whether distances between queries look normal, after PRADA.

Juuti, Szyller, Marchal and Asokan, EuroS&P 2019, arXiv 1805.02628. Distances of an honest client's queries
to the nearest earlier one are close to a normal distribution, those of queries synthesised at set steps are
not: an alarm where the W of Shapiro and Wilk (Biometrika 1965) is low. Here queries have no class, all
earlier ones count rather than a growing set, and exact repeats are left out. The limit of W is what the
alert budget of honest accounts falls below in the reference world (without one: in the log itself).
Evaluated at the end of each day of an account, over its first 500 queries. Ignores that people ask in
bursts of like questions, and that harvested data sets are as natural as any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.stats import shapiro

from detector.evaluate.baselines.verdicts import Running, budget_cut, running, verdicts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detector.evaluate.baselines.usage import Usage
    from detector.evaluate.predictions import Predictions

NAME: Final = "PRADA-like"
FEWEST: Final = 50
"""Distances from which W says something; PRADA waits for 100, which few accounts of a campaign reach and
which finds less."""
OUTLYING: Final = 3.0
"""Standard deviations beyond which a distance is left out, as PRADA does."""
SAME: Final = 1e-3
"""Two texts this close are one."""


def score(usage: Usage, reference: Usage | None) -> Predictions:
    """One minus W of the distances so far."""
    normal = usage if reference is None else reference
    cut = budget_cut(abnormality(normal), len(normal.accounts))
    return verdicts(usage, abnormality(usage), cut)


def abnormality(usage: Usage) -> Running:
    """One minus W at each day's end that an account reaches with enough distances."""
    ends = usage.day_ends(usage.embedded)
    values = np.full(len(ends), np.nan)
    for at, vectors in usage.texts():
        first, stop = np.searchsorted(ends, [at[0], at[-1] + 1])
        if len(at) <= FEWEST:
            continue
        distances = nearest_earlier(vectors)
        for check in range(first, stop):
            values[check] = 1 - normality(distances[: ends[check] - at[0]])
    known = np.flatnonzero(~np.isnan(values))
    return running(usage, usage.embedded[ends[known]], values[known])


def nearest_earlier(vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """Euclidean distance of each query but the first to the nearest one before it, shape (n - 1,)."""
    cosine = vectors @ vectors.T
    cosine[np.triu_indices(len(cosine))] = -np.inf
    squared = 2 - 2 * cosine[1:].max(axis=1).astype(np.float64)
    distances: NDArray[np.float64] = np.sqrt(np.maximum(squared, 0))
    return distances


def normality(distances: NDArray[np.float64]) -> float:
    """W in [0, 1] of distances without repeats and outliers; NaN of too few, 0 if all are the same."""
    moved = distances[distances > SAME]
    if len(moved) < FEWEST:
        return float("nan")
    inlying = moved[np.abs(moved - moved.mean()) <= OUTLYING * moved.std()]
    if len(inlying) == 0 or np.ptp(inlying) < SAME:
        return 0.0
    return float(shapiro(inlying).statistic)
