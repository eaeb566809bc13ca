"""Is one model worse than another on the same accounts, by more than the noise? A paired bootstrap.

Campaigns are drawn, and then accounts within them, because accounts of one campaign are not independent
(a cluster bootstrap, Davison and Hinkley 1997, 3.8); both models are counted on the same draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detector.evaluate.roc import threshold

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Difference:
    """Challenger minus champion, of a share of accounts."""

    value: float
    low: float
    high: float
    """of the interval that was asked for"""


def paired_difference(
    champion: NDArray[np.bool_],
    challenger: NDArray[np.bool_],
    groups: NDArray[np.str_],
    rng: np.random.Generator,
    resamples: int,
    level: float,
) -> Difference:
    """Two-sided interval at `level` of the difference of two shares; arrays have shape (n,), n > 0."""
    moved = challenger.astype(np.int64) - champion.astype(np.int64)
    value = float(moved.mean())
    if not moved.any():
        return Difference(value, 0.0, 0.0)
    return interval(value, _drawn(moved, groups, rng, resamples), level)


def interval(value: float, drawn: NDArray[np.float64], level: float) -> Difference:
    """A difference with the middle of its draws."""
    tail = (1 - level) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return Difference(value, float(low), float(high))


def _drawn(
    moved: NDArray[np.int64], groups: NDArray[np.str_], rng: np.random.Generator, resamples: int
) -> NDArray[np.float64]:
    """Mean of `moved` over draws of groups and of accounts in them."""
    _, at, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    if len(sizes) == len(moved):
        return _drawn_alone(moved, rng, resamples)
    # Of one group only how many accounts gained, lost or stayed matters: what is drawn of it is multinomial.
    gained = np.bincount(at, moved > 0, len(sizes)) / sizes
    lost = np.bincount(at, moved < 0, len(sizes)) / sizes
    out = np.empty(resamples)
    for number in range(resamples):
        times = np.bincount(rng.integers(0, len(sizes), len(sizes)), minlength=len(sizes))
        trials = times * sizes
        up = rng.binomial(trials, gained)
        down = rng.binomial(trials - up, lost / np.maximum(1 - gained, lost + 1e-300))
        out[number] = (up.sum() - down.sum()) / trials.sum()
    return out


def _drawn_alone(moved: NDArray[np.int64], rng: np.random.Generator, resamples: int) -> NDArray[np.float64]:
    """The same where each account is a group of its own."""
    shares = np.array([(moved < 0).mean(), (moved == 0).mean(), (moved > 0).mean()])
    counts = rng.multinomial(len(moved), shares / shares.sum(), size=resamples)
    drawn: NDArray[np.float64] = (counts[:, 2] - counts[:, 0]) / len(moved)
    return drawn


@dataclass(frozen=True, slots=True)
class Scored:
    """Scores of the same accounts by two models, each of shape (n,)."""

    champion: NDArray[np.float64]
    challenger: NDArray[np.float64]

    def take(self, chosen: NDArray[np.int64]) -> Scored:
        """Those of some accounts."""
        return Scored(self.champion[chosen], self.challenger[chosen])


def resampled_cuts(
    honest: Scored, fpr: float, rng: np.random.Generator, resamples: int
) -> NDArray[np.float64]:
    """Each model's cut at `fpr` in draws of the same honest accounts, shape (resamples, 2)."""
    count = len(honest.champion)
    out = np.empty((resamples, 2))
    for number in range(resamples):
        drawn = honest.take(rng.integers(0, count, count))
        out[number] = threshold(drawn.champion, fpr), threshold(drawn.challenger, fpr)
    return out


def resampled_tpr(
    attack: Scored, groups: NDArray[np.str_], cuts: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Share above the challenger's cut minus that above the champion's, shape (len(cuts),).

    Campaigns are drawn, and accounts within them; n > 0.
    """
    order = np.argsort(groups, kind="stable")
    _, first, sizes = np.unique(groups[order], return_index=True, return_counts=True)
    out = np.empty(len(cuts))
    for number, (before, after) in enumerate(cuts):
        picked = rng.integers(0, len(sizes), len(sizes))
        count = sizes[picked]
        within = (rng.random(count.sum()) * np.repeat(count, count)).astype(np.int64)
        drawn = order[np.repeat(first[picked], count) + within]
        out[number] = (attack.challenger[drawn] > after).mean() - (attack.champion[drawn] > before).mean()
    return out
