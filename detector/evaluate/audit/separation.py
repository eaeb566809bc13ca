"""How well something separates two classes: a cross-validated AUC with an interval over owners.

Folds never divide a campaign or an organisation, and the interval resamples those (cluster bootstrap: Field
and Welsh, JRSS B 2007): what one campaign happens to have in common says nothing about campaigns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

from detector.evaluate.rates import Estimate

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

FOLDS: Final = 5
RESAMPLES: Final = 200
LEAST_OWNERS: Final = 3
"""campaigns, and organisations, below which there is no figure"""


class Classifier(Protocol):
    """What is fitted and asked."""

    def fit(self, features: NDArray[np.float64], labels: NDArray[np.bool_]) -> Classifier:
        """Learn from rows."""
        ...

    def predict_proba(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """(rows, 2) probabilities."""
        ...


def separation(
    features: NDArray[np.float64],
    labels: NDArray[np.bool_],
    owners: NDArray[np.str_],
    make: Callable[[], Classifier],
    rng: np.random.Generator,
) -> Estimate | None:
    """AUC of the held-out folds, averaged; None with too few owners of a class. `n` is rows.

    AUC is taken fold by fold, since scores of two fits do not compare.
    """
    _, owner = np.unique(owners, return_inverse=True)
    fewest = min(len(np.unique(owner[labels])), len(np.unique(owner[~labels])))
    if fewest < LEAST_OWNERS:
        return None
    folds = StratifiedGroupKFold(min(FOLDS, fewest), shuffle=True, random_state=int(rng.integers(1 << 31)))
    held = []
    for train, test in folds.split(features, labels, owner):
        if len(np.unique(labels[test])) > 1 and len(np.unique(labels[train])) > 1:
            scores = make().fit(features[train], labels[train]).predict_proba(features[test])[:, 1]
            held.append((test, np.unique(scores, return_inverse=True)[1]))
    if not held:
        return None
    count = owner.max() + 1
    resampled = [
        _mean_auc(held, labels, np.bincount(rng.integers(count, size=count), minlength=count)[owner])
        for _ in range(RESAMPLES)
    ]
    low, high = np.nanpercentile(resampled, (2.5, 97.5))
    value = _mean_auc(held, labels, np.ones(len(labels)))
    return Estimate(value, float(low), float(high), len(labels))


def _mean_auc(
    held: list[tuple[NDArray[np.int64], NDArray[np.int64]]],
    labels: NDArray[np.bool_],
    weights: NDArray[np.float64] | NDArray[np.int64],
) -> float:
    found = [_auc(ranks, labels[test], weights[test]) for test, ranks in held]
    told = [each for each in found if not np.isnan(each)]
    return float(np.mean(told)) if told else float("nan")


def _auc(
    ranks: NDArray[np.int64],
    labels: NDArray[np.bool_],
    weights: NDArray[np.float64] | NDArray[np.int64],
) -> float:
    """Weighted AUC by ranks of scores, equal ones counting half; NaN without both classes."""
    positive = np.bincount(ranks, weights * labels)
    negative = np.bincount(ranks, weights * ~labels)
    pairs = positive.sum() * negative.sum()
    below = np.cumsum(negative) - negative / 2
    return float((positive * below).sum() / pairs) if pairs else float("nan")
