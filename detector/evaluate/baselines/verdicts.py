"""From a running statistic to predictions: a cut by an alert budget, and when each account crosses it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from detector.evaluate.predictions import Predictions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detector.evaluate.baselines.usage import Usage

BUDGET: Final = 1e-3
"""Share of accounts that may be alerted: the same for every baseline, and for ours."""


@dataclass(frozen=True, slots=True)
class Running:
    """Values that a statistic took: whose, when (ms since the epoch) and how high, each of shape (k,)."""

    account: NDArray[np.int32]
    time: NDArray[np.int64]
    value: NDArray[np.float64]

    def peaks(self, accounts: int) -> NDArray[np.float64]:
        """The highest value of each account, shape (accounts,); -inf where it was never evaluated."""
        highest = np.full(accounts, -np.inf)
        np.maximum.at(highest, self.account, self.value)
        return highest

    def first_over(self, cut: float, accounts: int) -> NDArray[np.float64]:
        """When each account was first above `cut`; inf if never."""
        over = self.value > cut
        first = np.full(accounts, np.inf)
        np.minimum.at(first, self.account[over], self.time[over])
        return first


def running(usage: Usage, at: NDArray[np.int64], value: NDArray[np.floating]) -> Running:
    """A statistic of `usage` that took `value` with the requests `at`.

    It is known when such a request starts, a little sooner than it could be: an advantage for the baselines.
    """
    return Running(usage.account[at], usage.time[at], value.astype(np.float64))


def budget_cut(running: Running, accounts: int) -> float:
    """The lowest cut that at most `BUDGET` of the accounts peak above."""
    highest = np.sort(running.peaks(accounts))[::-1]
    return float(highest[min(int(BUDGET * accounts), accounts - 1)])


def verdicts(
    usage: Usage, running: Running, cut: float, campaign: NDArray[np.object_] | None = None
) -> Predictions:
    """Score by the rank of the peak; an alert when the statistic is first above `cut`.

    `campaign`, of shape (accounts,), names the group of each account; only alerted accounts are in one.
    """
    accounts = len(usage.accounts)
    first = running.first_over(cut, accounts)
    table = pd.DataFrame({"account_id": usage.accounts, "score": _ranks(running.peaks(accounts))})
    alerted = np.isfinite(first)
    table["label"] = np.where(alerted, "distillation", "benign")
    table["first_alert_time"] = pd.to_datetime(pd.Series(first).where(alerted), unit="ms", utc=True)
    table["campaign_id"] = None
    if campaign is None:
        return Predictions(table)
    table.loc[alerted, "campaign_id"] = campaign[alerted]
    return Predictions(table, _campaigns(table))


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The share of the values below each."""
    share: NDArray[np.float64] = np.searchsorted(np.sort(values), values, side="left") / len(values)
    return share


def _campaigns(table: pd.DataFrame) -> pd.DataFrame:
    groups = table.groupby("campaign_id", as_index=False)
    found = groups.agg(score=("score", "max"), first_alert_time=("first_alert_time", "min"))
    return found.assign(label="distillation")
