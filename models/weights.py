"""How much each row counts in a fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from models.scorer import DISTILLATION

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.dataset import PopulationSet, TrainingSet

_FAMILY: Final = 200.0
_POPULATIONS: Final = 300.0


def account_weights(rows: TrainingSet) -> NDArray[np.float64]:
    """Weights by account and world, with every attack family as heavy as any other; shape (n,)."""
    weights = rows.weights()
    attack = rows.labels == DISTILLATION
    for family in np.unique(rows.kinds[attack]):
        members = attack & (rows.kinds == family)
        weights[members] *= _FAMILY / weights[members].sum()
    return weights * rows.importance


def population_weights(rows: PopulationSet) -> NDArray[np.float64]:
    """Weights by the root of members, with every family as heavy as any other, and every campaign of it.

    The root: a population of many says more than one of a few, and not in proportion.
    """
    _, at, count = np.unique(rows.populations, return_inverse=True, return_counts=True)
    weights: NDArray[np.float64] = np.sqrt(rows.members) / count[at]
    attack = (rows.labels == DISTILLATION) & (rows.importance > 0)
    for family in np.unique(rows.kinds[attack]):
        members = attack & (rows.kinds == family)
        campaigns, of = np.unique(rows.groups[members], return_inverse=True)
        mass = np.bincount(of, weights[members])
        weights[members] *= _POPULATIONS / len(campaigns) / mass[of]
    return weights * rows.importance
