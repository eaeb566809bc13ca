"""The rule of calls per hour: alert the accounts with the busiest clock hour.

A burst rule as gateways have it; it has no paper. Its threshold is the alert budget over the accounts of
the log itself, without labels. Ignores everything but speed: load tests and batch jobs are faster than any
campaign that spreads its work over accounts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from detector.evaluate.baselines.verdicts import budget_cut, running, verdicts

if TYPE_CHECKING:
    from detector.evaluate.baselines.usage import Usage
    from detector.evaluate.predictions import Predictions

NAME: Final = "calls per hour"
HOUR: Final = 3_600_000
"""ms"""


def score(usage: Usage, reference: Usage | None) -> Predictions:  # noqa: ARG001 - a rule needs none
    """Requests so far in the clock hour (UTC)."""
    every = np.arange(len(usage.account))
    hour = usage.time // HOUR
    new = (np.diff(usage.account, prepend=-1) != 0) | (np.diff(hour, prepend=-1) != 0)
    began = np.maximum.accumulate(np.where(new, every, 0))
    counted = running(usage, every, (every - began + 1).astype(np.float64))
    return verdicts(usage, counted, budget_cut(counted, len(usage.accounts)))
