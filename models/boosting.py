"""One way to fit boosted trees, for accounts, populations and what joins them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.scorer import LABELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from sklearn.ensemble import HistGradientBoostingClassifier


class UnlearnableError(Exception):
    """There is too little to learn from."""


@dataclass(frozen=True, slots=True)
class Boosting:
    """The size of a boosted model and of its steps."""

    trees: int
    leaves: int
    rate: float
    smallest_leaf: int
    seed: int = 0


def boost(
    vectors: NDArray[np.float64],
    labels: NDArray[np.int64],
    weights: NDArray[np.float64],
    settings: Boosting,
    classes: Sequence[str] = LABELS,
    rising: Sequence[int] | None = None,
) -> HistGradientBoostingClassifier:
    """Fit trees that tell `classes`, by their numbers in `labels`.

    The score may only rise with the features where `rising` is 1. Raises `UnlearnableError` where a class has
    no row.
    """
    if missing := [name for label, name in enumerate(classes) if label not in labels]:
        raise UnlearnableError(
            f"examples: a fold has no {' and no '.join(missing)} to learn from; learn from larger worlds"
        )
    # Here, because scoring shares modules with fitting and should not wait for what it never calls.
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415 - as said

    model = HistGradientBoostingClassifier(
        max_iter=settings.trees,
        max_leaf_nodes=settings.leaves,
        learning_rate=settings.rate,
        min_samples_leaf=settings.smallest_leaf,
        l2_regularization=5.0,
        early_stopping=False,
        monotonic_cst=None if rising is None else list(rising),
        random_state=settings.seed,
    )
    # A feature that nobody has cannot be split on; scikit-learn wants a value all the same.
    seen = np.where(np.isnan(vectors).all(axis=0), 0.0, vectors)
    return model.fit(seen, labels, sample_weight=weights)
