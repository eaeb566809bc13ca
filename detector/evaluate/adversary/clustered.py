"""A rate over accounts that come in campaigns, with an interval that knows they are not independent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from detector.evaluate.rates import Rate

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
    share, mean = found / n, n / len(sizes)
    effective = _effective(np.append(hits, (0.0, mean)), np.append(sizes, (mean, mean)))
    count = max(1, round(min(effective, n)))
    near = Rate.of(round(share * count), count)
    # Rounding to whole accounts must not move the interval off the share itself.
    return Rate(found, n, min(near.low, share), max(near.high, share))


def _effective(hits: NDArray[np.float64], sizes: NDArray[np.float64]) -> float:
    """Independent accounts that would say as much; among all of `hits` there is at least one of each kind."""
    count, n = len(sizes), float(sizes.sum())
    share = float(hits.sum()) / n
    variance = count / (count - 1) * float(((hits - share * sizes) ** 2).sum()) / n**2
    return share * (1 - share) / variance
