"""What is usual: quantiles of every feature among honest accounts of about the same size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

EDGES: Final = (8, 32, 128)
"""Requests at which one cohort ends and the next begins."""

QUANTILES: Final = (0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99)


@dataclass(frozen=True, slots=True)
class Cohorts:
    """Feature quantiles by cohort."""

    quantiles: NDArray[np.float64]
    """shape (cohorts, features, len(QUANTILES)); NaN where no account of the cohort had the feature"""

    @classmethod
    def of(cls, vectors: NDArray[np.float64], events: NDArray[np.int64]) -> Cohorts:
        """Describe accounts taken for honest: `vectors` of shape (n, features), `events` of shape (n,)."""
        cohort = np.searchsorted(EDGES, events, side="right")
        out = np.full((len(EDGES) + 1, vectors.shape[1], len(QUANTILES)), np.nan)
        for at in range(len(out)):
            for feature, column in enumerate(vectors[cohort == at].T):
                known = column[~np.isnan(column)]
                if len(known):
                    out[at, feature] = np.quantile(known, QUANTILES)
        return cls(out)

    def usual(self, events: int) -> NDArray[np.float64]:
        """Quantiles for an account with so many events, shape (features, len(QUANTILES))."""
        at = int(np.searchsorted(EDGES, events, side="right"))
        usual: NDArray[np.float64] = self.quantiles[at]
        return usual
