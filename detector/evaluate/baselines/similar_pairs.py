"""Pairs of similar queries of an account, after SEAT (Zhang, Chen and Wagner, AISec 2021).

SEAT encodes queries so that those made from one another lie close, and cancels an account after so many
close pairs. Here the encoder is a hashed bag of words under the cosine. What counts as close is what one in
a thousand pairs of queries of different honest accounts exceeds; how many pairs are too many is what the
alert budget of honest accounts exceeds, both in the reference world (without one: in the log itself).
Evaluated at the end of each day of an account, over its first 500 queries. Ignores that templates are
ordinary, and that a campaign spreads over accounts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from detector.evaluate.baselines.usage import unit
from detector.evaluate.baselines.verdicts import Running, budget_cut, running, verdicts

if TYPE_CHECKING:
    from detector.evaluate.baselines.usage import Usage
    from detector.evaluate.predictions import Predictions

NAME: Final = "SEAT-like"
PAIRS: Final = 50_000
"""Pairs drawn to tell what is close."""
CLOSE_SHARE: Final = 1e-3
SEED: Final = 1


def score(usage: Usage, reference: Usage | None) -> Predictions:
    """Close pairs so far."""
    normal = usage if reference is None else reference
    close = closeness(normal)
    cut = budget_cut(close_pairs(normal, close), len(normal.accounts))
    return verdicts(usage, close_pairs(usage, close), cut)


def closeness(usage: Usage) -> float:
    """The cosine that `CLOSE_SHARE` of pairs of queries of different accounts exceed; 1 without a pair."""
    texts, owner = len(usage.embedded), usage.account[usage.embedded]
    if texts == 0:
        return 1.0
    left, right = np.random.default_rng(SEED).integers(0, texts, (2, PAIRS))
    apart = owner[left] != owner[right]
    if not apart.any():
        return 1.0
    a, b = unit(usage.embedding[left[apart]]), unit(usage.embedding[right[apart]])
    return float(np.quantile(np.einsum("ij,ij->i", a, b), 1 - CLOSE_SHARE))


def close_pairs(usage: Usage, close: float) -> Running:
    """Pairs of an account's queries with a cosine above `close`, at each day's end."""
    nearby = np.zeros(len(usage.embedded))
    for at, vectors in usage.texts():
        pairs = np.tril(vectors @ vectors.T > close, -1).sum(axis=1)
        nearby[at] = np.cumsum(pairs)
    ends = usage.day_ends(usage.embedded)
    return running(usage, usage.embedded[ends], nearby[ends])
