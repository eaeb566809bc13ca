"""The request-volume rule: alert the accounts that send most.

The rate-limiting rule of every gateway; it has no paper. Its threshold is the alert budget over the
accounts of the log itself, without labels. Ignores what is asked, how, and by how many accounts: published
campaigns ran 6 to 860 requests an account and day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from detector.evaluate.baselines.verdicts import budget_cut, running, verdicts

if TYPE_CHECKING:
    from detector.evaluate.baselines.usage import Usage
    from detector.evaluate.predictions import Predictions

NAME: Final = "request volume"


def score(usage: Usage, reference: Usage | None) -> Predictions:  # noqa: ARG001 - a rule needs none
    """Requests so far."""
    every = np.arange(len(usage.account))
    counted = running(usage, every, (every - usage.starts() + 1).astype(np.float64))
    return verdicts(usage, counted, budget_cut(counted, len(usage.accounts)))
