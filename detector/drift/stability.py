"""Population stability of features and scores, by cohort.

The population stability index (Siddiqi 2006) over the bins of a reference: up to 0.1 nothing happened, from
0.25 on the population is another one. A small sample reaches any value by chance; the index of unchanged
accounts is about chi-squared with bins - 1 degrees of freedom times (1/n + 1/m) (Yurdakul and Naranjo 2020),
and has to be beyond that as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np
from scipy.stats import chi2

from detector.drift.reference import COHORTS, LEAST, MEASURED, SCORE, cohorts_of, with_scores
from features.scored import NAMES, OWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from detector.drift.reference import Reference

MOVED: Final = 0.25
CHANCE: Final = 1e-3
"""Of an unchanged feature of one cohort to be called moved, were it not for `MOVED`."""
_MISSING: Final = 0.2
"""Change of the share of accounts without a feature that is told."""


class Stability(msgspec.Struct, frozen=True):
    """A feature, or the score, among accounts of about the same number of requests."""

    feature: str
    cohort: str
    accounts: int
    """with the feature"""
    psi: float
    missing: float
    """share of accounts without the feature"""
    usually_missing: float | None
    moved: bool


def stability(
    reference: Reference,
    vectors: NDArray[np.float64],
    events: NDArray[np.int64],
    scores: NDArray[np.float64],
) -> list[Stability]:
    """Every feature and the score in every cohort of which enough is known, the most moved first.

    `vectors` has shape (n, features); requests and scores have shape (n,).
    """
    columns, cohort = with_scores(vectors, scores), cohorts_of(events)
    found: list[Stability] = []
    for at in range(len(COHORTS)):
        inside = columns[cohort == at]
        if len(inside) >= LEAST:
            found += _cohort(reference, at, inside)
    return sorted(found, key=lambda one: (not one.moved, -one.psi, one.feature, one.cohort))


def moved(found: Sequence[Stability]) -> tuple[str, ...]:
    """Features that moved in some cohort, by name."""
    return tuple(sorted({one.feature for one in found if one.moved}))


def changes(found: Sequence[Stability]) -> int:
    """How many features moved, without the score; those of shared words move together, and count as one."""
    names = set(moved(found)) - {SCORE}
    shared = names & set(NAMES[OWN:])
    return len(names) - max(len(shared) - 1, 0)


def worst(found: Sequence[Stability]) -> dict[str, float]:
    """The highest index of each feature over cohorts."""
    highest: dict[str, float] = {}
    for one in found:
        highest[one.feature] = max(highest.get(one.feature, 0.0), one.psi)
    return highest


def _cohort(reference: Reference, at: int, inside: NDArray[np.float64]) -> Iterator[Stability]:
    made_from = int(reference.accounts[at])
    for column, name in enumerate(MEASURED):
        values = inside[:, column]
        known = values[~np.isnan(values)]
        missing, usual = 1 - len(known) / len(values), float(reference.missing[at, column])
        has = ~np.isnan(reference.edges[at, column])
        psi, is_moved = 0.0, False
        if has.any() and len(known) >= LEAST:
            bounds = reference.low[at, column, has], reference.high[at, column, has]
            psi = index(known, reference.edges[at, column, has], *bounds)
            is_moved = psi >= max(MOVED, by_chance(int(has.sum()) + 1, len(known), made_from))
        lost = not np.isnan(usual) and abs(missing - usual) >= _MISSING
        if has.any() or lost:
            told = None if np.isnan(usual) else usual
            yield Stability(name, COHORTS[at], len(known), psi, missing, told, is_moved or lost)


def index(
    values: NDArray[np.float64],
    edges: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> float:
    """The least index that is in accord with cumulative shares between `low` and `high` at `edges`."""
    now = np.searchsorted(np.sort(values), edges, side="right") / len(values)
    expected = np.diff(np.clip(now, low, high), prepend=0.0, append=1.0)
    actual = np.diff(now, prepend=0.0, append=1.0)
    # Half an account in every bin, so that an empty one is unlikely and not impossible.
    bins, half = len(edges) + 1, 0.5 / len(values)
    expected, actual = (expected + half) / (1 + bins * half), (actual + half) / (1 + bins * half)
    return float(((actual - expected) * np.log(actual / expected)).sum())


def by_chance(bins: int, accounts: int, made_from: int) -> float:
    """What unchanged accounts exceed with probability `CHANCE`; `made_from` 0: a reference without noise."""
    noise = 1 / accounts + (1 / made_from if made_from else 0.0)
    return float(chi2.isf(CHANCE, bins - 1)) * noise
