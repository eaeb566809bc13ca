"""Scores of accounts, taken apart: what each feature adds, beside what is usual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from detector.contributions import DIGITS, HIGH, LOW, MIDDLE, heaviest, usual_for
from detector.dossier.records import Weighed
from features.scored import NAMES
from models.cohort import EDGES
from models.scorer import sigmoid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from detector.engine import Engine, Model

_Told = list[list[float | None]]

_VOLUME = NAMES.index("volume")
_SHOWN: Final = [LOW, MIDDLE, HIGH]


@dataclass(frozen=True, slots=True)
class Taken:
    """A score, taken apart; arrays are of shape (len(features.scored.FEATURES),)."""

    score: float
    rest: float
    vector: NDArray[np.float64]
    weights: NDArray[np.float64]
    order: NDArray[np.int64]
    """places of the features, the heaviest first"""
    told: Sequence[float | None]
    """values, None where unknown"""
    usual: _Told
    """of the cohort, for each feature: 10 %, half, and 90 % have less"""

    def weighed(self) -> tuple[Weighed, ...]:
        """Every feature, the heaviest first."""
        pairs = zip(self.order.tolist(), self.weights[self.order].tolist(), strict=True)
        return tuple(Weighed(NAMES[at], weight, self.told[at], *self.usual[at]) for at, weight in pairs)


def taken_apart(engine: Engine, model: Model, accounts: NDArray[np.int64]) -> list[Taken]:
    """Scores that `accounts` (rows) have by their features of now."""
    found = engine.vectors(accounts)
    weights, rest = model.scorer.contributions(found)
    scores, order, told = sigmoid(weights.sum(axis=1) + rest), heaviest(weights), _told(found)
    requests = np.rint(np.exp2(found[:, _VOLUME]) - 1)
    cohorts = np.searchsorted(EDGES, requests, side="right").tolist()
    first = dict(zip(cohorts, found, strict=True))
    usual = {at: _told(usual_for(model.cohorts, one)[:, _SHOWN]) for at, one in first.items()}
    return [
        Taken(score, beside, found[at], weights[at], order[at], told[at], usual[cohorts[at]])
        for at, (score, beside) in enumerate(zip(scores.tolist(), rest.tolist(), strict=True))
    ]


def _told(values: NDArray[np.float64]) -> _Told:
    """Rounded, None where unknown."""
    told: _Told = np.where(np.isnan(values), None, np.round(values, DIGITS)).tolist()  # type: ignore[call-overload]
    return told
