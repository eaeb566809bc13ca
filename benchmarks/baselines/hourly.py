"""The rule of 500 calls an hour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from benchmarks.baselines.aggregates import Prediction, alerted_at

if TYPE_CHECKING:
    import pandas as pd

LIMIT: Final = 500


def predict(usage: pd.DataFrame) -> Prediction:
    """Score by the busiest clock hour; an alert at the 500th call of one."""
    hour = usage["time"].dt.floor("h")
    running = usage.groupby([usage["account_id"], hour]).cumcount() + 1
    score = running.groupby(usage["account_id"]).max()
    return Prediction(score, alerted_at(usage, running, LIMIT))
