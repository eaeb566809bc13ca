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
class View:
    """A boosted model and the columns of a feature vector that it sees."""

    forest: Forest
    columns: NDArray[np.int64]

    def scores(self, vectors: NDArray[np.float64]) -> NDArray[np.float64]:
        """Raw scores, shape (n, classes), of `vectors`, shape (n, features)."""
        return self.forest.scores(np.ascontiguousarray(vectors[:, self.columns]))

    def contributions(self, vectors: NDArray[np.float64]) -> NDArray[np.float64]:
        """What each feature adds to distillation against benign, shape (n, features)."""
        parts, _ = self.forest.contributions(np.ascontiguousarray(vectors[:, self.columns]))
        out = np.zeros(vectors.shape)
        out[:, self.columns] = parts[:, DISTILLATION] - parts[:, BENIGN]
        return out


@dataclass(frozen=True, slots=True)
class AccountScorer:
    """Two boosted models: one of evidence and context, one of evidence alone, which bounds the first.

    Context (volume, timing, networks, tokens) may add at most `context_margin` to the logit that content,
    parameters and provenance give by themselves. So no amount of context alone reaches a threshold.
    """

    full: View
    evidence: View
    context_margin: float
    distillation: Calibration
    relay: Calibration

    def score(self, vectors: NDArray[np.float64]) -> Scores:
        """Probabilities of `vectors`, shape (n, features)."""
        full = self.full.scores(vectors)
        free, bound = self._logits(full, vectors)
        relay = self.relay.apply(log_odds(full, RELAY))
        return Scores(sigmoid(self.distillation.apply(np.minimum(free, bound))), sigmoid(relay))

    def contributions(self, vectors: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What each feature adds to the calibrated distillation logit, and what they add it to.

        Shapes (n, features) and (n,); each row's contributions and rest add up to the logit of its score.
        The reasons are those of the model that decided: where evidence binds, context has no part.
        """
        free, bound = self._logits(self.full.scores(vectors), vectors)
        binds = (bound < free)[:, None]
        parts = np.where(binds, self.evidence.contributions(vectors), self.full.contributions(vectors))
        shown = parts * self.distillation.slope
        return shown, self.distillation.apply(np.minimum(free, bound)) - shown.sum(axis=1)

    def _logits(
        self, full: NDArray[np.float64], vectors: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Log-odds by all features, and the most that evidence allows, each of shape (n,)."""
        evidence = log_odds(self.evidence.scores(vectors), DISTILLATION)
        return log_odds(full, DISTILLATION), evidence + self.context_margin


def log_odds(scores: NDArray[np.float64], label: int) -> NDArray[np.float64]:
    """Logit of a class's softmax probability, shape (n,), from raw scores of shape (n, classes)."""
    others = scores[:, [other for other in range(scores.shape[1]) if other != label]]
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
