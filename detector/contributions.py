"""What each feature of an account adds to its score, beside what is usual."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from features.scored import FEATURES, NAMES
from models.cohort import QUANTILES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from features.catalogue import Feature
    from models.cohort import Cohorts

_LOW, _MIDDLE, _HIGH = (QUANTILES.index(share) for share in (0.1, 0.5, 0.9))
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
    def low(self) -> float | None:
        """What a tenth of the cohort has less than; None where no account of it has the feature."""
        return _known(self.usual[_LOW])

    @property
    def middle(self) -> float | None:
        """What half of the cohort has less than."""
        return _known(self.usual[_MIDDLE])

    @property
    def high(self) -> float | None:
        """What nine tenths of the cohort have less than."""
        return _known(self.usual[_HIGH])

    @property
    def known(self) -> float | None:
        """The value; None where the log said nothing of it."""
        return _known(self.value)

    @property
    def said(self) -> str:
        """The value, and the middle 80 % of the cohort, in words."""
        value = quantity(self.feature, self.value)
        if np.isnan(self.usual[_MIDDLE]):
            return f"{value} (no honest account of this size has it)"
        low, high = (number(self.feature, self.usual[at]) for at in (_LOW, _HIGH))
        return f"{value} (usual {low})" if low == high else f"{value} (usual {low} to {high})"

    def to_json(self) -> dict[str, Any]:
        """With the catalogue's words; an unknown number is null."""
        return {
            "feature": self.feature.name,
            "weight": round(self.weight, 4),
            "value": self.known,
            "unit": self.feature.unit,
            "usual": {"low": self.low, "middle": self.middle, "high": self.high},
            "meaning": self.feature.meaning,
            "cause": self.feature.cause,
            "confounder": self.feature.confounder,
        }


def contributions(
    cohorts: Cohorts, vector: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[Contribution, ...]:
    """Of every feature of an account's `vector`, the heaviest first; ties in the catalogue's order."""
    # `volume` is the logarithm of the requests that the cohort goes by.
    usual = cohorts.usual(round(2 ** vector[_VOLUME] - 1)).tolist()
    values, added = vector.tolist(), weights.tolist()
    order = np.argsort(-np.abs(weights), kind="stable").tolist()
    return tuple(Contribution(FEATURES[at], added[at], values[at], tuple(usual[at])) for at in order)


def number(feature: Feature, value: float) -> str:
    """A value without its unit, shares in per cent."""
    return f"{100 * value if feature.unit == 'share' else value:.3g}"


def quantity(feature: Feature, value: float) -> str:
    """A value as people read it: shares in per cent, the rest with its unit."""
    if np.isnan(value):
        return "unknown"
    return f"{number(feature, value)} {'%' if feature.unit == 'share' else feature.unit}"


def _known(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 6)
