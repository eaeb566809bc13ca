"""Fitting the account scorer: boosted trees, grouped folds, calibration, thresholds from an alert budget."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from models.forest import compile_boosting
from models.scorer import (
    BENIGN,
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

    from models.dataset import TrainingSet

FOLDS: Final = 2
_FAMILY_WEIGHT: Final = 200.0


@dataclass(frozen=True, slots=True)
class FitSettings:
    """How the scorer is fitted; the defaults are those of the shipped model."""

    trees: int = 150
    leaves: int = 16
    rate: float = 0.1
    context_margin: float = 0.0
    budget: float = 1e-3
    """share of honest accounts that may ever be alerted"""
    relay_budget: float = 0.02
    """share of relay accounts without a campaign that may be alerted as distillation"""
    relay_label_budget: float = 0.01
    """share of honest accounts that may be labelled relay"""
    min_events: int = 4
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Fitted:
    """A scorer, the scikit-learn models behind it, and what was learnt about it out of fold."""

    scorer: AccountScorer
    full: HistGradientBoostingClassifier
    evidence: HistGradientBoostingClassifier
    raise_at: float
    relay_at: float
    out_of_fold: Scores


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of a feature vector each model sees."""

    scored: NDArray[np.int64]
    evidence: NDArray[np.int64]
    """those of `scored` that may carry an alert"""


def fit(rows: TrainingSet, columns: Columns, settings: FitSettings) -> Fitted:
    """Fit on `rows`."""
    # Threads share out the sums, and floating-point sums depend on how: one thread, one model.
    with threadpool_limits(limits=1):
        return _fit(rows, columns, settings)


def _fit(rows: TrainingSet, columns: Columns, settings: FitSettings) -> Fitted:
    logits = _out_of_fold(rows, columns, settings)
    last = rows.final
    distillation = _calibrate(logits[last, DISTILLATION], rows.labels[last] == DISTILLATION)
    relay = _calibrate(logits[last, RELAY], rows.labels[last] == RELAY)
    scores = Scores(
        sigmoid(distillation.apply(logits[:, DISTILLATION])), sigmoid(relay.apply(logits[:, RELAY]))
    )
    full, some = _boost(rows, columns.scored, settings), _boost(rows, columns.evidence, settings)
    scorer = AccountScorer(
        View(compile_boosting(full), columns.scored),
        View(compile_boosting(some), columns.evidence),
        settings.context_margin,
        distillation,
        relay,
    )
    return Fitted(
        scorer, full, some, _raise_at(rows, scores, settings), _relay_at(rows, scores, settings), scores
    )


def fold_of(group: str) -> int:
    """Fold of an organisation or campaign: a hash of its name, so that it never depends on the order."""
    return hashlib.blake2b(group.encode(), digest_size=4).digest()[0] % FOLDS


def folds_of(rows: TrainingSet) -> NDArray[np.int64]:
    """Fold of every row; the campaigns of one family alternate, so that each fold learns of the family."""
    names, at = np.unique(rows.groups, return_inverse=True)
    fold = np.array([fold_of(str(name)) for name in names])
    attack = rows.labels == DISTILLATION
    for family in np.unique(rows.kinds[attack]):
        campaigns = np.unique(at[attack & (rows.kinds == family)])
        fold[campaigns] = np.arange(len(campaigns)) % FOLDS
    folds: NDArray[np.int64] = fold[at]
    return folds


def _out_of_fold(rows: TrainingSet, columns: Columns, settings: FitSettings) -> NDArray[np.float64]:
    """Bounded log-odds of every row by models that saw nothing of its group; shape (n, classes)."""
    folds = folds_of(rows)
    out = np.zeros((len(rows), 3))
    unit = Calibration(1.0, 0.0)
    for fold in range(FOLDS):
        seen, held = rows.take(folds != fold), folds == fold
        full = View(compile_boosting(_boost(seen, columns.scored, settings)), columns.scored)
        some = View(compile_boosting(_boost(seen, columns.evidence, settings)), columns.evidence)
        scorer = AccountScorer(full, some, settings.context_margin, unit, unit)
        out[held, RELAY] = log_odds(full.scores(rows.vectors[held]), RELAY)
        # A probability that rounds to one has no logit; the bound is far beyond any threshold.
        certain = scorer.score(rows.vectors[held]).distillation
        out[held, DISTILLATION] = logit(np.clip(certain, 1e-12, 1 - 1e-12))
    return out


def _boost(
    rows: TrainingSet, columns: NDArray[np.int64], settings: FitSettings
) -> HistGradientBoostingClassifier:
    model = HistGradientBoostingClassifier(
        max_iter=settings.trees,
        max_leaf_nodes=settings.leaves,
        learning_rate=settings.rate,
        min_samples_leaf=40,
        l2_regularization=5.0,
        early_stopping=False,
        random_state=settings.seed,
    )
    seen = rows.vectors[:, columns]
    # A feature that no account has cannot be split on; scikit-learn wants a value all the same.
    seen[:, np.isnan(seen).all(axis=0)] = 0.0
    return model.fit(seen, rows.labels, sample_weight=balanced_weights(rows))


def balanced_weights(rows: TrainingSet) -> NDArray[np.float64]:
    """Weights by account and world, with every attack family as heavy as any other; shape (n,)."""
    weights = rows.weights()
    attack = rows.labels == DISTILLATION
    for family in np.unique(rows.kinds[attack]):
        members = attack & (rows.kinds == family)
        weights[members] *= _FAMILY_WEIGHT / weights[members].sum()
    return weights * rows.importance


def _calibrate(logits: NDArray[np.float64], truth: NDArray[np.bool_]) -> Calibration:
    model = LogisticRegression(C=1e6).fit(logits[:, None], truth)
    return Calibration(float(model.coef_[0, 0]), float(model.intercept_[0]))


def highest(rows: TrainingSet, scores: NDArray[np.float64], settings: FitSettings) -> NDArray[np.float64]:
    """The highest score an account ever had with enough requests, shape (accounts,): what may alert."""
    enough = rows.events >= settings.min_events
    out = np.zeros(int(rows.accounts.max(initial=-1)) + 1)
    np.maximum.at(out, rows.accounts[enough], scores[enough])
    return out


def _raise_at(rows: TrainingSet, scores: Scores, settings: FitSettings) -> float:
    top = highest(rows, scores.distillation, settings)
    importance = np.zeros(len(top))
    importance[rows.accounts] = rows.importance
    cuts = [0.5]
    for label, budget in ((BENIGN, settings.budget), (RELAY, settings.relay_budget)):
        members = np.unique(rows.accounts[rows.labels == label])
        if len(members):
            cuts.append(exceeded_by(top[members], importance[members], budget))
    return float(min(max(cuts), 0.9999))


def exceeded_by(scores: NDArray[np.float64], weights: NDArray[np.float64], share: float) -> float:
    """The lowest of `scores` that at most `share` of the weight reaches."""
    order = np.argsort(-scores)
    reached = np.cumsum(weights[order])
    allowed = int(np.searchsorted(reached, share * reached[-1], side="right"))
    return float(scores[order[max(allowed - 1, 0)]])


def _relay_at(rows: TrainingSet, scores: Scores, settings: FitSettings) -> float:
    honest = scores.relay[rows.final & (rows.labels == BENIGN)]
    return float(np.quantile(honest, 1 - settings.relay_label_budget))
