"""A population's odds as a product of shares: what a campaign of any wording has, and little else at once.

Trees learn a conjunction where examples show it, and of some kinds of campaign there are two. This one is
written down: the wording elicits what a model can be trained on, *and* its users do little else, *and* ask
new things each time, one request at a time, *and* are strangers to each other, *and* do about as much each.
Every factor is a share, so that the logarithm of the odds is linear in their logarithms; how much each counts
is learnt, and none may count against a campaign.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.optimize import minimize

from features.population.vector import NAMES

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PURPOSES: Final = ("purpose_reasoning", "purpose_judging", "purpose_synthesis", "purpose_rewriting")
"""the highest of them is a factor"""
_SHARES: Final = ("dedication", "single_turn_share", "switch_share", "content_novelty", "shingle_novelty")
"""factors; what is not known of a wording counts as none of it"""
_STRANGERS: Final = ("orgs_each", "payers_each")
"""factors up to one; what is not known of members tells nothing"""
FACTORS: Final = ("purpose", *_SHARES, *_STRANGERS, "evenness")
_UNKNOWN: Final = np.array([1.0 if name in _STRANGERS else 0.0 for name in FACTORS])
_LEAST: Final = 0.02
"""A factor is no less: a share of few requests is not known better."""
_SHRINKAGE: Final = 1.0
"""of the sum of squares of the exponents, beside rows whose mean weight is one"""


@dataclass(frozen=True, slots=True)
class ProductScorer:
    """Pure: the same rows give the same scores, in any batch."""

    exponents: NDArray[np.float64]
    """of `FACTORS`, none below zero"""
    offset: float
    """log-odds where all factors are one; -inf: it says nothing"""

    def logits(self, vectors: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-odds of distillation of vectors of populations, shape (n,)."""
        total = np.full(len(vectors), self.offset)
        # Column by column: sums of rows may round another way in another batch.
        for term in self.terms(vectors).T:
            total += term
        return total

    def terms(self, vectors: NDArray[np.float64]) -> NDArray[np.float64]:
        """What each factor takes off the log-odds, none above zero, shape (n, factors)."""
        return self.exponents * factors(vectors)


def silent() -> ProductScorer:
    """One that says nothing."""
    return ProductScorer(np.zeros(len(FACTORS)), -np.inf)


def measured(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shares that `FACTORS` are made of, shape (n, factors), of vectors of populations; NaN: unknown."""
    columns = [vectors[:, NAMES.index(name)] for name in (*_SHARES, *_STRANGERS)]
    purpose = np.fmax.reduce([vectors[:, NAMES.index(name)] for name in _PURPOSES])
    return np.column_stack([purpose, *columns, 1.0 - vectors[:, NAMES.index("unevenness")]])


def factors(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logarithms of `FACTORS`, shape (n, factors), from vectors of populations."""
    shares = measured(vectors)
    shares = np.where(np.isnan(shares), _UNKNOWN, shares)
    return np.log(np.clip(shares, _LEAST, 1.0))


def fit_product(
    vectors: NDArray[np.float64], attack: NDArray[np.bool_], weights: NDArray[np.float64]
) -> ProductScorer:
    """Logistic regression on `factors` with exponents of at least zero, by L-BFGS-B (Byrd et al. 1995)."""
    logs, signs = factors(vectors), np.where(attack, 1.0, -1.0)
    weights = weights / weights.mean()

    def loss(at: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        exponents, offset = at[:-1], at[-1]
        margins = signs * (logs @ exponents + offset)
        pulls = -weights * signs * np.exp(-np.logaddexp(0.0, margins))
        gradient = np.append(logs.T @ pulls + _SHRINKAGE * exponents, pulls.sum())
        value = weights @ np.logaddexp(0.0, -margins) + _SHRINKAGE / 2 * exponents @ exponents
        return float(value), gradient

    bounds = [(0.0, None)] * len(FACTORS) + [(None, None)]
    found = minimize(loss, np.zeros(len(FACTORS) + 1), jac=True, bounds=bounds, method="L-BFGS-B")
    return ProductScorer(found.x[:-1], float(found.x[-1]))
