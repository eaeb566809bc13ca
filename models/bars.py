"""Bars: the scores from which an account is alerted or labelled relay, by a budget of mistakes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.scorer import BENIGN, RELAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.dataset import TrainingSet
    from models.fit import FitSettings
    from models.scorer import Scores


def highest(rows: TrainingSet, scores: NDArray[np.float64], settings: FitSettings) -> NDArray[np.float64]:
    """The highest score an account ever had with enough requests, shape (accounts,): what may alert."""
    enough = rows.events >= settings.min_events
    out = np.zeros(int(rows.accounts.max(initial=-1)) + 1)
    np.maximum.at(out, rows.accounts[enough], scores[enough])
    return out


def raise_at(rows: TrainingSet, scores: Scores, settings: FitSettings) -> float:
    """The score that raises an alert: at least 1/2, and so high that both budgets hold."""
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
    """The lowest of `scores` that at most `share` of the weight reaches (ties aside); the highest if none."""
    order = np.argsort(-scores)
    reached = np.cumsum(weights[order])
    allowed = int(np.searchsorted(reached, share * reached[-1], side="right"))
    return float(scores[order[max(allowed - 1, 0)]])


def relay_at(rows: TrainingSet, scores: Scores, settings: FitSettings) -> float:
    """The score from which an account is labelled relay."""
    honest = scores.relay[rows.final & (rows.labels == BENIGN)]
    return float(np.quantile(honest, 1 - settings.relay_label_budget))
