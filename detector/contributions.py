"""What each feature of an account adds to its score, beside what is usual."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from features.scored import FEATURES, NAMES
from models.cohort import QUANTILES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from features.catalogue import Feature
    from models.cohort import Cohorts

LOW, MIDDLE, HIGH = (QUANTILES.index(share) for share in (0.1, 0.5, 0.9))
"""Places of what is told of a cohort among its quantiles."""
DIGITS: Final = 6
"""Of values as they are told."""
_VOLUME = NAMES.index("volume")


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one feature adds to the logit of an account's score."""

    feature: Feature
    weight: float
    value: float
    """NaN where the log said nothing of it"""
    usual: tuple[float, ...]
    """quantiles of the account's cohort, at `models.cohort.QUANTILES`"""

    @property
    def said(self) -> str:
        """The value, and the middle 80 % of the cohort, in words."""
        value = quantity(self.feature, self.value)
        if np.isnan(self.usual[MIDDLE]):
            return f"{value} (no honest account of this size has it)"
        low, high = (number(self.feature, self.usual[at]) for at in (LOW, HIGH))
        return f"{value} (usual {low})" if low == high else f"{value} (usual {low} to {high})"

    def to_json(self) -> dict[str, Any]:
        """With the catalogue's words; an unknown number is null."""
        low, middle, high = (_known(self.usual[at]) for at in (LOW, MIDDLE, HIGH))
        return {
            "feature": self.feature.name,
            "weight": round(self.weight, 4),
            "value": _known(self.value),
            "unit": self.feature.unit,
            "usual": {"low": low, "middle": middle, "high": high},
            "meaning": self.feature.meaning,
            "cause": self.feature.cause,
            "confounder": self.feature.confounder,
        }


def contributions(
    cohorts: Cohorts, vector: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[Contribution, ...]:
    """Of every feature of an account's `vector`, the heaviest first; ties in the catalogue's order."""
    usual = usual_for(cohorts, vector)
    return tuple(contribution(int(at), usual, vector, weights) for at in heaviest(weights))


def contribution(
    at: int, usual: NDArray[np.float64], vector: NDArray[np.float64], weights: NDArray[np.float64]
) -> Contribution:
    """Of the feature at a place of the catalogue."""
    return Contribution(FEATURES[at], float(weights[at]), float(vector[at]), tuple(usual[at].tolist()))


def usual_for(cohorts: Cohorts, vector: NDArray[np.float64]) -> NDArray[np.float64]:
    """Quantiles of an account's cohort, shape (features, len(QUANTILES))."""
    # `volume` is the logarithm of the requests that the cohort goes by.
    return cohorts.usual(round(2 ** vector[_VOLUME] - 1))


def heaviest(weights: NDArray[np.float64]) -> NDArray[np.int64]:
    """Places of features by their weight, whatever the sign, along the last axis."""
    order: NDArray[np.int64] = np.argsort(-np.abs(weights), kind="stable", axis=-1)
    return order


def number(feature: Feature, value: float) -> str:
    """A value without its unit, shares in per cent."""
    return f"{100 * value if feature.unit == 'share' else value:.3g}"


def quantity(feature: Feature, value: float) -> str:
    """A value as people read it: shares in per cent, the rest with its unit."""
    if np.isnan(value):
        return "unknown"
    return f"{number(feature, value)} {'%' if feature.unit == 'share' else feature.unit}"


def _known(value: float) -> float | None:
    return None if math.isnan(value) else round(value, DIGITS)
