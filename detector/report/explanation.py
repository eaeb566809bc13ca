"""Why an account has its score, feature by feature, worked out from its stored features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from detector.report.findings import FindingsError
from features.scored import FEATURES, NAMES
from models.cohort import QUANTILES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from detector.report.findings import Findings
    from features.catalogue import Feature
    from models.artefact import Artefact

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
    def said(self) -> str:
        """The value, and the middle 80 % of the cohort, in words."""
        value = quantity(self.feature, self.value)
        if np.isnan(self.usual[_MIDDLE]):
            return f"{value} (no honest account of this size has it)"
        low, high = (number(self.feature, self.usual[at]) for at in (_LOW, _HIGH))
        return f"{value} (usual {low})" if low == high else f"{value} (usual {low} to {high})"

    def to_json(self) -> dict[str, Any]:
        """With the catalogue's words; an unknown number is null."""
        low, middle, high = (_known(self.usual[at]) for at in (_LOW, _MIDDLE, _HIGH))
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


@dataclass(frozen=True, slots=True)
class Explanation:
    """An account's score, taken apart: `rest` and the weights add up to its logit."""

    account: str
    contributions: tuple[Contribution, ...]
    """of every feature, the heaviest first, whatever the sign"""
    rest: float

    @property
    def moving(self) -> list[Contribution]:
        """Those that add something."""
        return [part for part in self.contributions if part.weight != 0]

    def evidence(self, count: int) -> list[Contribution]:
        """The heaviest that raise the score."""
        return [part for part in self.contributions if part.weight > 0][:count]


def explain_accounts(
    findings: Findings, artefact: Artefact, accounts: Sequence[str]
) -> dict[str, Explanation]:
    """Explanations by account id; raises `FindingsError` when another model made the findings."""
    made = findings.summary.get("model")
    if made != artefact.model_id:
        raise FindingsError(
            f"the findings were made by model {made}, but {artefact.model_id} is in use; "
            "name the model with --model, or replay the logs again"
        )
    vectors = findings.features.loc[list(accounts)].to_numpy(np.float64)
    weights, rest = artefact.scorer.contributions(np.ascontiguousarray(vectors))
    return {
        account: Explanation(account, _contributions(artefact, vectors[at], weights[at]), float(rest[at]))
        for at, account in enumerate(accounts)
    }


def _contributions(
    artefact: Artefact, vector: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[Contribution, ...]:
    # `volume` is the logarithm of the requests that the cohort goes by.
    usual = artefact.cohorts.usual(round(2 ** vector[_VOLUME] - 1))
    order = np.argsort(-np.abs(weights), kind="stable")
    return tuple(
        Contribution(FEATURES[at], float(weights[at]), float(vector[at]), tuple(map(float, usual[at])))
        for at in order
    )


def number(feature: Feature, value: float) -> str:
    """A value without its unit, shares in per cent."""
    return f"{100 * value if feature.unit == 'share' else value:.3g}"


def quantity(feature: Feature, value: float) -> str:
    """A value as people read it: shares in per cent, the rest with its unit."""
    if np.isnan(value):
        return "unknown"
    return f"{number(feature, value)} {'%' if feature.unit == 'share' else feature.unit}"


def _known(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 6)
