"""Why an account has its score: the features that moved it most, in words, and what is usual."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from detector.alert import Reason
from features.scored import FEATURES
from models.cohort import QUANTILES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detector.engine import Model
    from features.catalogue import Feature

SHOWN: Final = 6
"""Features named; the others are added up."""

BASELINE: Final = "baseline"
OTHERS: Final = "other_features"

_MEDIAN: Final = QUANTILES.index(0.5)
_LOW: Final = QUANTILES.index(0.1)
_HIGH: Final = QUANTILES.index(0.9)


def explain(model: Model, found: NDArray[np.float64], events: NDArray[np.int64]) -> list[tuple[Reason, ...]]:
    """Reasons of each row of `found`, shape (n, features); their weights add up to the score's logit."""
    parts, rest = model.scorer.contributions(found)
    return [
        _reasons(parts[i], float(rest[i]), found[i], model.cohorts.usual(int(events[i])))
        for i in range(len(found))
    ]


def _reasons(
    parts: NDArray[np.float64], rest: float, vector: NDArray[np.float64], usual: NDArray[np.float64]
) -> tuple[Reason, ...]:
    order = np.argsort(-np.abs(parts), kind="stable")
    named = [
        Reason(FEATURES[at].name, float(parts[at]), describe(FEATURES[at], vector[at], usual[at]))
        for at in order[:SHOWN]
        if parts[at] != 0
    ]
    others = float(parts[order[SHOWN:]].sum())
    return (
        *named,
        Reason(OTHERS, others, f"sum over the {max(len(parts) - SHOWN, 0)} features not named"),
        Reason(BASELINE, rest, "an account of which nothing is known"),
    )


def describe(feature: Feature, value: float, usual: NDArray[np.float64]) -> str:
    """The value, and the middle and the inner 80 % of the account's cohort."""
    said = f"{feature.meaning} {_number(value)} {feature.unit}"
    if np.isnan(usual[_MEDIAN]):
        return f"{said}; not seen in the cohort"
    low, middle, high = (_number(usual[at]) for at in (_LOW, _MEDIAN, _HIGH))
    return f"{said}; usual {middle} ({low} to {high})"


def _number(value: float) -> str:
    return "unknown" if np.isnan(value) else f"{value:.3g}"
