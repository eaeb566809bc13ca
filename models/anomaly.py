"""A label-free scorer beside the supervised one, for what has never been seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from sklearn.covariance import LedoitWolf
from sklearn.preprocessing import QuantileTransformer

if TYPE_CHECKING:
    from numpy.typing import NDArray

_QUANTILES: Final = 1001
_MARGINAL_QUANTILES: Final = 200


@dataclass(frozen=True, slots=True)
class AnomalyScorer:
    """Distance from the bulk of accounts, over evidence features, as a rank among those it was made on.

    Each feature is mapped to a normal score by its own quantiles, so that no heavy tail rules, and the
    distance is Mahalanobis' under a shrunk covariance (Ledoit and Wolf 2004). Its stored form holds plain
    arrays only, so a model file cannot carry a tree that reads out of bounds.
    """

    marginals: QuantileTransformer
    bulk: LedoitWolf
    columns: NDArray[np.int64]
    """columns of a feature vector that it sees"""
    usual: NDArray[np.float64]
    """shape (len(columns),): stands in for a missing value"""
    ranks: NDArray[np.float64]
    """quantiles of the raw score, ascending"""

    def score(self, vectors: NDArray[np.float64]) -> NDArray[np.float64]:
        """Share of the reference accounts that are less unusual, in [0, 1], shape (n,)."""
        if len(vectors) == 0:
            return np.zeros(0)
        raw = _distance(self.marginals, self.bulk, _filled(vectors, self.columns, self.usual))
        ranks: NDArray[np.float64] = np.searchsorted(self.ranks, raw, side="right") / len(self.ranks)
        return ranks


def fit_anomaly(vectors: NDArray[np.float64], columns: NDArray[np.int64], seed: int) -> AnomalyScorer:
    """Fit on accounts of any kind, shape (n, features): no label is used."""
    usual = np.array([_median(vectors[:, column]) for column in columns])
    seen = _filled(vectors, columns, usual)
    marginals = QuantileTransformer(
        n_quantiles=min(_MARGINAL_QUANTILES, len(seen)), output_distribution="normal", random_state=seed
    ).fit(seen)
    bulk = LedoitWolf().fit(marginals.transform(seen))
    ranks = np.quantile(_distance(marginals, bulk, seen), np.linspace(0, 1, _QUANTILES))
    return AnomalyScorer(marginals, bulk, columns, usual, ranks)


def _distance(
    marginals: QuantileTransformer, bulk: LedoitWolf, seen: NDArray[np.float64]
) -> NDArray[np.float64]:
    distance: NDArray[np.float64] = bulk.mahalanobis(marginals.transform(seen))
    return distance


def _median(values: NDArray[np.float64]) -> float:
    """The median of what is known; 0 for a feature that no account has."""
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else 0.0


def _filled(
    vectors: NDArray[np.float64], columns: NDArray[np.int64], usual: NDArray[np.float64]
) -> NDArray[np.float64]:
    seen = vectors[:, columns]
    return np.where(np.isnan(seen), usual, seen)
