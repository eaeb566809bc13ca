"""The request-volume rule: the accounts with most requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.baselines.aggregates import Prediction, alerted_at, highest

if TYPE_CHECKING:
    import pandas as pd


def predict(usage: pd.DataFrame) -> Prediction:
    """Score by requests; an alert when an account reaches what the top share of accounts reaches."""
    running = usage.groupby("account_id").cumcount() + 1
    score = usage.groupby("account_id").size()
    return Prediction(score, alerted_at(usage, running, highest(score)))
