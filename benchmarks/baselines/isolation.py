"""An isolation forest on plain aggregates (Liu, Ting and Zhou 2008), at the end of the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from sklearn.ensemble import IsolationForest

from benchmarks.baselines.aggregates import Prediction, highest, vectors

if TYPE_CHECKING:
    from datetime import datetime


def predict(usage: pd.DataFrame) -> Prediction:
    """Score by isolation; the top share of accounts is alerted when the log ends."""
    accounts, found = vectors(usage)
    forest = IsolationForest(n_estimators=200, random_state=1).fit(found)
    score = pd.Series(-forest.score_samples(found), index=accounts)
    end: datetime = usage["time"].max()
    over = score.index[score >= highest(score)]
    return Prediction(score, pd.Series(end, index=over))
