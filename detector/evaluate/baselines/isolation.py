"""An isolation forest on plain aggregates of each account (Liu, Ting and Zhou, ICDM 2008).

Fitted, and its threshold set, on the honest accounts of the reference world; without one, on the log
itself. Evaluated at the end of each day of an account. Ignores what is asked: it finds what is rare, and
honest heavy users are rarer than campaigns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from sklearn.ensemble import IsolationForest

from detector.evaluate.baselines.verdicts import Running, budget_cut, running, verdicts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detector.evaluate.baselines.usage import Usage
    from detector.evaluate.predictions import Predictions

NAME: Final = "IsolationForest"
TREES: Final = 100
SEED: Final = 1
FAILED: Final = 400
HOUR: Final = 3_600_000
HOURS: Final = 24


def score(usage: Usage, reference: Usage | None) -> Predictions:
    """How soon random splits isolate the account's aggregates so far."""
    normal = usage if reference is None else reference
    rows = aggregates(normal)
    last = np.flatnonzero(np.diff(normal.account[normal.day_ends()], append=-1) != 0)
    usual = pd.DataFrame(rows[last]).median().fillna(0).to_numpy()
    forest = IsolationForest(n_estimators=TREES, random_state=SEED).fit(_filled(rows[last], usual))

    def isolated(of: Usage) -> Running:
        return running(of, of.day_ends(), -forest.score_samples(_filled(aggregates(of), usual)))

    return verdicts(usage, isolated(usage), budget_cut(isolated(normal), len(normal.accounts)))


def aggregates(usage: Usage) -> NDArray[np.float64]:
    """What any dashboard shows, so far at each day's end: shape (account-days, 8), NaN where unknown.

    Logarithms of requests, mean tokens in, mean and spread of tokens out and addresses; mean temperature,
    hours of the day, share of failures.
    """
    tokens_in, _ = _moments(usage, usage.input_tokens)
    tokens_out, spread = _moments(usage, usage.output_tokens)
    temperature, _ = _moments(usage, usage.temperature)
    ends = usage.day_ends()
    counts = (ends - usage.starts()[ends] + 1).astype(np.float64)
    failed = _so_far(usage, (usage.status >= FAILED).astype(np.float64)) / counts
    hours = _distinct(usage, (usage.time // HOUR % HOURS + 1).astype(np.uint64))
    logs = np.log1p([counts, tokens_in, tokens_out, spread, _distinct(usage, usage.ip)])
    return np.column_stack([logs.T, temperature, hours, failed])


def _so_far(usage: Usage, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums over an account's requests up to each day's end."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    ends = usage.day_ends()
    sums: NDArray[np.float64] = total[ends + 1] - total[usage.starts()[ends]]
    return sums


def _moments(usage: Usage, column: NDArray[np.int32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard deviation so far of a column in which -1 is missing."""
    known = column >= 0
    values = np.where(known, column, 0).astype(np.float64)
    count = _so_far(usage, known.astype(np.float64))
    count[count == 0] = np.nan
    mean = _so_far(usage, values) / count
    return mean, np.sqrt(np.maximum(_so_far(usage, values * values) / count - mean * mean, 0))


def _distinct(usage: Usage, values: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Distinct values so far; 0 is missing."""
    order = np.lexsort((values, usage.account))
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = (np.diff(usage.account[order]) != 0) | (values[order][1:] != values[order][:-1])
    new = np.zeros(len(order))
    new[order[first]] = 1.0
    new[values == 0] = 0.0
    return _so_far(usage, new)


def _filled(rows: NDArray[np.float64], usual: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.isnan(rows), usual, rows)
