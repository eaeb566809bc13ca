"""Thresholds from an operator's own traffic: unlabelled, and trimmed so that a few attackers move little.

The body of honest scores says how their tail falls. In logits the upper fifth is close to a normal tail, so
its scale is measured between two quantiles below the part where attackers could be (an L-estimator, Huber
1981), and carried on to the alert budget. That holds while attackers are no more than about three in a
hundred accounts: more of them reach into what the tail is measured by, and push the bar up to where nobody
is alerted.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detector.policy import Policy
from models.scorer import logit, sigmoid

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from models.artefact import Artefact

FORMAT: Final = 1
SHIPPED: Final = "shipped"

BODY: Final = 0.8
"""Quantile where the tail is taken to begin."""
TRIMMED: Final = 0.05
"""Share of accounts at the top that may be attackers, and so say nothing about honest ones."""
FEWEST: Final = 500
"""Accounts with enough requests, below which a tail is a guess."""
CLIPPED: Final = 0.005
"""Share of honest accounts beyond the point where scores are clipped (sigma clipping, as in photometry)."""
_CLIPS: Final = 5
LOWEST: Final = 0.2
"""A bar is no lower, however quiet the log."""
_HIGHEST: Final = 0.9999
"""A bar up here alerts nobody: no log of honest accounts leads to it."""
_GAP: Final = 1.0
"""Logit between raising an alert and clearing it."""


class CalibrationError(Exception):
    """Thresholds cannot be made or used: says what is wrong and the remedy."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Thresholds made from an operator's traffic, for one model."""

    name: str
    model_id: str
    raise_at: float
    relay_at: float
    accounts: int
    """accounts that they were made from"""
    budget: float
    """share of honest accounts that may be alerted"""

    def __post_init__(self) -> None:
        """Raise `ValueError` for a threshold that no score could be held against."""
        if not all(isinstance(bar, float) and 0 < bar < 1 for bar in (self.raise_at, self.relay_at)):
            raise ValueError("raise_at and relay_at are not both between 0 and 1")

    def save(self, path: Path) -> None:
        """Write them as JSON."""
        path.write_text(json.dumps({"format": FORMAT, **asdict(self)}, indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path, model_id: str) -> Thresholds:
        """Read what `save` wrote; raises `CalibrationError` when it is damaged or for another model."""
        try:
            stored: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            version, found = stored.pop("format"), cls(**stored)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise CalibrationError(
                f"{path}: not a calibration ({type(error).__name__}); make one with `stillwatch calibrate`"
            ) from None
        if version != FORMAT:
            raise CalibrationError(f"{path}: format {version} is not {FORMAT}; calibrate again")
        if found.model_id != model_id:
            raise CalibrationError(
                f"{path}: made for model {found.model_id}, but {model_id} is in use; calibrate again"
            )
        return found


def calibrate(
    peaks: NDArray[np.float64], relay: NDArray[np.float64], name: str, model_id: str, budget: float
) -> Thresholds:
    """Thresholds from the highest scores of accounts and their relay scores, each of shape (n,).

    Raises `CalibrationError` when there are too few accounts to tell a tail, or so many attackers among them
    that nobody would be alerted.
    """
    if len(peaks) < FEWEST:
        raise CalibrationError(
            f"only {len(peaks)} accounts have enough requests and at least {FEWEST} are needed; "
            "calibrate on a longer log"
        )
    raise_at = tail_quantile(peaks, budget)
    if raise_at >= _HIGHEST:
        raise CalibrationError(
            f"the threshold would be {_HIGHEST}, which nobody reaches: more than about three in a hundred "
            "accounts of this log score as attackers do; leave out accounts that are known to distil, such "
            "as those that `stillwatch replay` alerts and a person confirms, or calibrate on a quieter time"
        )
    return Thresholds(name, model_id, raise_at, tail_quantile(relay, 10 * budget), len(peaks), budget)


def tail_quantile(scores: NDArray[np.float64], budget: float) -> float:
    """The score that a share `budget` of honest accounts exceeds, judged without the highest ones."""
    logits = np.sort(logit(np.clip(scores, 1e-9, 1 - 1e-9)))
    cut = _Tail(logits, 0.0)
    for _ in range(_CLIPS):
        # Few honest accounts lie out there, and how many is known; attackers there would push the tail up.
        kept = logits[: max(np.searchsorted(logits, cut.at(CLIPPED), side="right"), 2)]
        cut = _Tail(kept, CLIPPED)
    return float(np.clip(sigmoid(np.array([cut.at(budget)]))[0], LOWEST, _HIGHEST))


class _Tail:
    """A normal tail through two quantiles of honest logits, of which a share `gone` is already cut off."""

    def __init__(self, logits: NDArray[np.float64], gone: float) -> None:
        start, self._end = np.quantile(logits, [BODY / (1 - gone), (1 - TRIMMED) / (1 - gone)])
        self._known = NormalDist().inv_cdf(1 - TRIMMED)
        self._scale = (self._end - start) / (self._known - NormalDist().inv_cdf(BODY))

    def at(self, share: float) -> float:
        """The logit that this share of honest accounts exceeds."""
        return float(self._end + self._scale * (NormalDist().inv_cdf(1 - share) - self._known))


def policy_of(artefact: Artefact, thresholds: Thresholds | None) -> Policy:
    """The policy under an operator's thresholds, or under the shipped ones, which stay in shadow."""
    raise_at = artefact.raise_at if thresholds is None else thresholds.raise_at
    clear = float(sigmoid(logit(np.array([raise_at])) - _GAP)[0])
    return Policy(
        raise_at=raise_at,
        clear_below=clear,
        relay_at=artefact.relay_at if thresholds is None else thresholds.relay_at,
        source=SHIPPED if thresholds is None else thresholds.name,
    )
