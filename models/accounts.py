"""Fits the scorer of accounts by themselves: what each does, whoever else does the same."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from models.boosting import boost
from models.calibration import calibrate
from models.coarse import coarsened
from models.folds import cross_fitted
from models.forest import compile_boosting
from models.scorer import (
    DISTILLATION,
    RELAY,
    AccountScorer,
    Calibration,
    Scores,
    View,
    log_odds,
    logit,
    sigmoid,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sklearn.ensemble import HistGradientBoostingClassifier

    from models.boosting import Boosting
    from models.dataset import TrainingSet
    from models.sampling import Sample

_UNIT: Final = Calibration(1.0, 0.0)

_CERTAIN: Final = 1e-12
"""A probability that rounds to one has no logit; this is far beyond any threshold."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of a feature vector each account model sees."""

    scored: NDArray[np.int64]
    evidence: NDArray[np.int64]
    """those of `scored` that may carry an alert"""


@dataclass(frozen=True, slots=True)
class FittedAccounts:
    """A scorer, and what models that had not seen them say of each row."""

    scorer: AccountScorer
    out_of_fold: Scores


@dataclass(frozen=True, slots=True)
class _Boosted:
    full: HistGradientBoostingClassifier
    evidence: HistGradientBoostingClassifier

    def scorer(self, columns: Columns, context_margin: float) -> AccountScorer:
        """The scorer, uncalibrated."""
        return AccountScorer(
            View(compile_boosting(self.full), columns.scored),
            View(compile_boosting(self.evidence), columns.evidence),
            context_margin, _UNIT, _UNIT,
        )  # fmt: skip


def fit_accounts(
    rows: TrainingSet, sample: Sample, folds: NDArray[np.int64], columns: Columns,
    context_margin: float, settings: Boosting,
) -> FittedAccounts:  # fmt: skip
    """Fit on a `sample` of `rows`; scores of all of them are out of `folds`, shape (n,), and calibrated."""
    vectors, labels = coarsened(rows.vectors[sample.at], sample.weights), rows.labels[sample.at]

    def learnt(seen: NDArray[np.bool_]) -> _Boosted:
        mine = seen[sample.at]
        return _boosted(vectors[mine], labels[mine], sample.weights[mine], columns, settings)

    def said(models: _Boosted, held: NDArray[np.int64]) -> NDArray[np.float64]:
        return _logits(models.scorer(columns, context_margin), rows.vectors[held])

    models, logits = cross_fitted(folds, learnt, said)
    relay, distillation = (
        calibrate(logits[rows.final, at], rows.labels[rows.final] == label)
        for at, label in enumerate((RELAY, DISTILLATION))
    )
    scores = Scores(sigmoid(distillation.apply(logits[:, 1])), sigmoid(relay.apply(logits[:, 0])))
    scorer = replace(models.scorer(columns, context_margin), distillation=distillation, relay=relay)
    return FittedAccounts(scorer, scores)


def _boosted(
    vectors: NDArray[np.float64],
    labels: NDArray[np.int64],
    weights: NDArray[np.float64],
    columns: Columns,
    settings: Boosting,
) -> _Boosted:
    return _Boosted(
        boost(vectors[:, columns.scored], labels, weights, settings),
        boost(vectors[:, columns.evidence], labels, weights, settings),
    )


def _logits(scorer: AccountScorer, vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log-odds of relay and of distillation, uncalibrated, shape (n, 2)."""
    distillation = np.clip(scorer.score(vectors).distillation, _CERTAIN, 1 - _CERTAIN)
    return np.column_stack([log_odds(scorer.full.scores(vectors), RELAY), logit(distillation)])
