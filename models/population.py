"""The scorer of populations: what the requests are for that several accounts make in the same words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from features.population.vector import FEATURES
from features.scored import OWN
from models.boosting import boost
from models.coarse import coarsened
from models.folds import cross_fitted, population_folds
from models.forest import compile_boosting
from models.product import ProductScorer, fit_product
from models.sampling import sampled
from models.scorer import DISTILLATION, RELAY, View, log_odds
from models.weights import population_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.boosting import Boosting
    from models.dataset import Examples

_SMALL: Final = 16
"""Members below which a population is small."""
_EVERY: Final = 5
_FEW: Final = 4
"""Members below which shares of a population are too coarse to learn a product from."""


@dataclass(frozen=True, slots=True)
class PopulationScorer:
    """Scores vectors of populations. Pure: the same rows give the same scores, in any batch.

    The odds of distillation are the sum of what trees say and what `product` does: either is a reason.
    """

    view: View
    product: ProductScorer

    def logits(self, vectors: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Log-odds of distillation and of relay, each of shape (n,)."""
        scores = self.view.scores(vectors)
        distillation = np.logaddexp(*self._apart(scores, vectors))
        return distillation, log_odds(scores, RELAY)

    def apart(self, vectors: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Log-odds of distillation as trees see them and as the product does, each of shape (n,)."""
        return self._apart(self.view.scores(vectors), vectors)

    def _apart(
        self, scores: NDArray[np.float64], vectors: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return log_odds(scores, DISTILLATION), self.product.logits(vectors)


@dataclass(frozen=True, slots=True)
class FittedPopulations:
    """A scorer, and what models that had not seen them say of each row."""

    scorer: PopulationScorer
    out_of_fold: NDArray[np.float64]
    """log-odds of distillation, shape (n,)"""
    learnt_from: int
    """rows"""


def learnt() -> NDArray[np.int64]:
    """The features that the model sees: of what an account would show, only what may carry an alert.

    Volume, timing and networks of the members as a whole would let circumstances alone accuse them.
    """
    seen = [feature.scored and (feature.is_evidence or at >= OWN) for at, feature in enumerate(FEATURES)]
    return np.flatnonzero(seen)


def fit_populations(examples: Examples, most: int, settings: Boosting) -> FittedPopulations:
    """Fit on the populations of `examples` that teach; of the many small honest ones, on one in five.

    Nine in ten populations are a phrase that a few strangers happen to use; a fit needs no more than some,
    each of which stands for five. Of what is left, `most` rows are sampled.
    """
    rows, columns = examples.populations, learnt()
    small = (rows.labels != DISTILLATION) & (rows.members < _SMALL)
    weights = population_weights(rows) / np.where(small, 1 / _EVERY, 1.0)
    taught = np.flatnonzero((rows.importance > 0) & (~small | (rows.populations % _EVERY == 0)))
    sample = sampled(rows.kinds[taught], weights[taught], most, settings.seed)
    at, weights = taught[sample.at], sample.weights
    vectors, labels = coarsened(rows.vectors[np.ix_(at, columns)], weights), rows.labels[at]

    def learned(seen: NDArray[np.bool_]) -> PopulationScorer:
        mine = seen[at]
        forest = compile_boosting(boost(vectors[mine], labels[mine], weights[mine], settings))
        large = mine & (rows.members[at] >= _FEW)
        product = fit_product(rows.vectors[at[large]], labels[large] == DISTILLATION, weights[large])
        return PopulationScorer(View(forest, columns), product)

    def said(scorer: PopulationScorer, held: NDArray[np.int64]) -> NDArray[np.float64]:
        return scorer.logits(rows.vectors[held])[0]

    scorer, scores = cross_fitted(population_folds(examples), learned, said)
    return FittedPopulations(scorer, scores, len(at))
