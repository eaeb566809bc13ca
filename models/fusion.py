"""One score of an account, from what it does itself and from what it does together with others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from features.scored import FEATURES, OWN
from models.boosting import boost
from models.folds import cross_fitted
from models.forest import compile_boosting
from models.scorer import Calibration, Scores, logit, sigmoid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.boosting import Boosting
    from models.forest import Forest
    from models.sampling import Sample
    from models.scorer import AccountScorer

_FREE: Final = frozenset({"shared_members"})
"""Features that may lower the score as they grow: a wording of many accounts may be a popular one."""

_CLASSES: Final = ("other use", "distillation")

_CERTAIN: Final = 1e-9
_COMPANY: Final = 1.5
"""What company adds to the logit. Set, not learnt: who is alerted follows from the scores it is a part of."""


@dataclass(frozen=True, slots=True)
class FusedScorer:
    """Scores vectors of `features.scored.FEATURES`, shape (n, len(FEATURES)).

    Trees over the logit of the account's own score and its attachment, rising in nearly all of them; company
    adds to the calibrated logit.
    """

    account: AccountScorer
    forest: Forest
    distillation: Calibration

    def score(self, vectors: NDArray[np.float64]) -> Scores:
        """Probabilities of `vectors`."""
        own = self.account.score(vectors[:, :OWN])
        inputs = fused_inputs(own, vectors[:, OWN:])
        alone = self.distillation.apply(self.forest.scores(inputs)[:, 0])
        return Scores(sigmoid(alone + _COMPANY * vectors[:, -1]), own.relay)

    def contributions(self, vectors: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What each feature adds to the calibrated logit, shape (n, len(FEATURES)), and the rest, shape (n,).

        What the account's own score adds is shared out among the features that speak for it (or against, if
        it lowers the score), in proportion.
        """
        inputs = fused_inputs(self.account.score(vectors[:, :OWN]), vectors[:, OWN:])
        parts, mean = self.forest.contributions(inputs)
        shown = parts[:, 0] * self.distillation.slope
        own, _ = self.account.contributions(vectors[:, :OWN])
        said = np.maximum(own * np.sign(shown[:, :1]), 0.0)
        total = said.sum(axis=1, keepdims=True)
        shares = np.divide(said, total, out=np.zeros_like(said), where=total > 0)
        company = _COMPANY * vectors[:, -1:]
        out = np.concatenate([shares * shown[:, :1], shown[:, 1:], company], axis=1)
        unsaid = np.where(total[:, 0] > 0, 0.0, shown[:, 0])
        return out, unsaid + float(self.distillation.apply(mean)[0])


@dataclass(frozen=True, slots=True)
class FittedFusion:
    """Trees that join what is known, and their out-of-fold scores."""

    forest: Forest
    out_of_fold: NDArray[np.float64]
    """raw scores, shape (n,)"""


def fused_inputs(own: Scores, attachment: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the joining trees see: the logit of the account's own score, and its attachment but company."""
    sure = logit(np.clip(own.distillation, _CERTAIN, 1 - _CERTAIN))
    return np.column_stack([sure, attachment[:, :-1]])


def fit_fusion(
    inputs: NDArray[np.float64],
    attack: NDArray[np.bool_],
    sample: Sample,
    folds: NDArray[np.int64],
    settings: Boosting,
) -> FittedFusion:
    """Fit on a `sample` of `inputs`, shape (n, 1 + parts), which are out of the same `folds`, shape (n,)."""
    rising = [1, *(int(feature.name not in _FREE) for feature in FEATURES[OWN:-1])]

    vectors, labels = inputs[sample.at], attack[sample.at].astype(np.int64)

    def boosted(seen: NDArray[np.bool_]) -> Forest:
        mine = seen[sample.at]
        return compile_boosting(
            boost(vectors[mine], labels[mine], sample.weights[mine], settings, _CLASSES, rising)
        )

    def said(forest: Forest, held: NDArray[np.int64]) -> NDArray[np.float64]:
        return forest.scores(inputs[held])[:, 0]

    return FittedFusion(*cross_fitted(folds, boosted, said))
