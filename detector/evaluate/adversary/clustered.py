"""A rate over accounts that come in campaigns, with an interval that knows they are not independent."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from detector.evaluate.rates import Rate
from models.rates import Z95, wilson

if TYPE_CHECKING:
    from numpy.typing import NDArray


def clustered(hits: NDArray[np.integer[Any]], sizes: NDArray[np.integer[Any]]) -> Rate:
    """All hits of all accounts, arrays over campaigns; the interval is Wilson's of the effective sample.

    That is the number of accounts over the design effect of the ratio estimator (Kish, Survey Sampling,
    1965). A few campaigns that agree do not show how far campaigns differ, so two more are taken as seen,
    one wholly found and one wholly missed (as Agresti and Coull, Am. Stat. 1998, do with single trials).
    """
    n, found = int(sizes.sum()), int(hits.sum())
    if n == 0:
        return Rate.of(0, 0)
    mean = n / len(sizes)
    effective = min(n, _effective(np.append(hits, (0.0, mean)), np.append(sizes, (mean, mean))))
    # The interval of a smaller sample is that of a wider quantile.
    return Rate(found, n, *wilson(found, n, Z95 * sqrt(n / effective)))


def _effective(hits: NDArray[np.float64], sizes: NDArray[np.float64]) -> float:
    """Independent accounts that would say as much; among all of `hits` there is at least one of each kind."""
    count, n = len(sizes), float(sizes.sum())
    share = float(hits.sum()) / n
    variance = count / (count - 1) * float(((hits - share * sizes) ** 2).sum()) / n**2
    return share * (1 - share) / variance
