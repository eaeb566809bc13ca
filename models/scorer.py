"""The scorer of accounts: benign, relay or distillation, calibrated, with reasons that add up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.forest import Forest

BENIGN: Final = 0
RELAY: Final = 1
DISTILLATION: Final = 2
LABELS: Final = ("benign", "relay", "distillation")


@dataclass(frozen=True, slots=True)
class Scores:
    """Calibrated probabilities, each of shape (n,)."""

    distillation: NDArray[np.float64]
    relay: NDArray[np.float64]


class Scorer(Protocol):
    """Scores account rows. Pure: the same rows give the same scores, in any batch."""

    def score(self, vectors: NDArray[np.float64]) -> Scores:
        """Probabilities of `vectors`, shape (n, features)."""
        ...

    def contributions(self, vectors: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What each feature adds to the distillation logit, shape (n, features), and the rest, shape (n,)."""
        ...


@dataclass(frozen=True, slots=True)
class Calibration:
    """Platt scaling (Platt 1999) of a logit: strictly rising, so ranks are kept."""

    slope: float
    offset: float

    def apply(self, logits: NDArray[np.float64]) -> NDArray[np.float64]:
        """Calibrated logits."""
        return self.slope * logits + self.offset


@dataclass(frozen=True, slots=True)
class AccountScorer:
    """Two boosted models: one of all features, one of evidence alone, which bounds the first.

    Context (volume, timing, networks, tokens) may add at most `context_margin` to the logit that content,
    parameters and provenance give by themselves. So no amount of context alone reaches a threshold.
    """

    full: Forest
    evidence: Forest
    evidence_columns: NDArray[np.int64]
    """columns of a feature vector that `evidence` sees"""
    context_margin: float
    distillation: Calibration
    relay: Calibration

    def score(self, vectors: NDArray[np.float64]) -> Scores:
        """Probabilities of `vectors`, shape (n, features)."""
        full = self.full.scores(vectors)
        relay = self.relay.apply(log_odds(full, RELAY))
        return Scores(sigmoid(self.distillation.apply(self._bounded(full, vectors))), sigmoid(relay))

    def contributions(self, vectors: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What each feature adds to the calibrated distillation logit, and what they add it to.

        Shapes (n, features) and (n,); each row's contributions and rest add up to the logit of its score.
        """
        parts, _ = self.full.contributions(vectors)
        against_benign = parts[:, DISTILLATION] - parts[:, BENIGN]
        full = self.full.scores(vectors)
        logit = self.distillation.apply(self._bounded(full, vectors))
        # A bounded score is owed less to context: its share is cut, evidence keeps its own.
        shown = against_benign * self.distillation.slope
        context = np.ones(vectors.shape[1], dtype=bool)
        context[self.evidence_columns] = False
        cut = log_odds(full, DISTILLATION) > self._evidence(vectors) + self.context_margin
        shown[np.ix_(cut, context)] = np.minimum(shown[np.ix_(cut, context)], 0.0)
        return shown, logit - shown.sum(axis=1)

    def _evidence(self, vectors: NDArray[np.float64]) -> NDArray[np.float64]:
        seen = np.ascontiguousarray(vectors[:, self.evidence_columns])
        return log_odds(self.evidence.scores(seen), DISTILLATION)

    def _bounded(self, full: NDArray[np.float64], vectors: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.minimum(log_odds(full, DISTILLATION), self._evidence(vectors) + self.context_margin)


def log_odds(scores: NDArray[np.float64], label: int) -> NDArray[np.float64]:
    """Logit of a class's softmax probability, shape (n,), from raw scores of shape (n, classes)."""
    others = np.delete(scores, label, axis=1)
    highest = others.max(axis=1)
    odds: NDArray[np.float64] = (
        scores[:, label] - highest - np.log(np.exp(others - highest[:, None]).sum(axis=1))
    )
    return odds


def sigmoid(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """The logistic function, without overflow."""
    bounded = np.clip(logits, -700.0, 700.0)
    return 1.0 / (1.0 + np.exp(-bounded))


def logit(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """The inverse of `sigmoid`, for probabilities within (0, 1)."""
    odds: NDArray[np.float64] = np.log(probabilities) - np.log1p(-probabilities)
    return odds
