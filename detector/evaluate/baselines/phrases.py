"""The share of requests that ask for a chain of thought, by a list of phrases.

Such lists are among the signals that open-source detectors weigh, and prompts that make a model spell out
its reasoning are what providers say they saw. The lower end of the share's 95 % interval (Wilson, JASA
1927) keeps accounts of few requests from the top. Its threshold is the alert budget over the accounts of
the log itself, without labels. Ignores that tutoring and evaluations ask the same, and that a campaign may
word it otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from detector.evaluate.baselines.verdicts import budget_cut, running, verdicts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detector.evaluate.baselines.usage import Usage
    from detector.evaluate.predictions import Predictions

NAME: Final = "chain-of-thought phrases"
Z: Final = 1.959964
"""The normal distribution's 97.5 % point."""


def score(usage: Usage, reference: Usage | None) -> Predictions:  # noqa: ARG001 - a rule needs none
    """Share so far of requests with such a phrase, at the low end of its interval."""
    every, start = np.arange(len(usage.account)), usage.starts()
    asked = np.concatenate([[0], np.cumsum(usage.asks_reasoning)])
    share = low_end(asked[every + 1] - asked[start], every - start + 1)
    found = running(usage, every, share)
    return verdicts(usage, found, budget_cut(found, len(usage.accounts)))


def low_end(hits: NDArray[np.int64], n: NDArray[np.int64]) -> NDArray[np.float64]:
    """The lower limit of the score interval of `hits` of `n`."""
    share, weight = hits / n, Z * Z / n
    half = Z * np.sqrt((share * (1 - share) + weight / 4) / n)
    limit: NDArray[np.float64] = (share + weight / 2 - half) / (1 + weight)
    return limit
