"""Leave-one-source-out AUC and false-positive rates by language, with intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from features.text.purposes import LEARNT, ORDINARY
from models.text.fit import Problem, fit_purpose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from models.text.examples import Example

LEAST_AUC: Final = 0.8
"""A purpose below it, on average over left-out sources, is dropped."""
CAUGHT_AT: Final = 0.01
"""False-positive rate at which recall is reported."""
RESAMPLES: Final = 500
MIN_POSITIVES: Final = 8


@dataclass(frozen=True, slots=True)
class Auc:
    """How well a purpose is told from ordinary prompts when one source of it was never seen."""

    purpose: str
    source: str
    positives: int
    negatives: int
    auc: float
    low: float
    high: float
    caught: float
    """share of the positives that score above all but 1 % of the negatives"""


def leave_one_out(
    teaching: Sequence[Example], problem: Problem, checking: Sequence[Example], check: Problem
) -> list[Auc]:
    """An AUC for every source of every purpose; the negatives are ordinary rows of the checking corpora.

    A teaching source is left out of its fit; a checking source never was in one. Intervals (95 %) resample
    wordings, not rows: rows of one wording are not independent.
    """
    ordinary = check.purposes == ORDINARY
    figures = []
    for purpose in LEARNT:
        everything = np.ones(len(problem.purposes), dtype=bool)
        full = fit_purpose(problem, purpose, everything)
        against = np.sort(full.decision_function(check.counts[ordinary]))
        for source in _sources(checking, purpose):
            rows = (check.purposes == purpose) & (check.sources == source)
            logits = full.decision_function(check.counts[rows])
            figures.append(_figure(purpose, source, logits, _groups(checking, rows), against))
        for source in _sources(teaching, purpose):
            rows = (problem.purposes == purpose) & (problem.sources == source)
            model = fit_purpose(problem, purpose, problem.sources != source)
            logits = model.decision_function(problem.counts[rows])
            against_it = np.sort(model.decision_function(check.counts[ordinary]))
            figures.append(_figure(purpose, source, logits, _groups(teaching, rows), against_it))
    return figures


def dropped(figures: Sequence[Auc]) -> dict[str, str]:
    """The purposes whose mean AUC is below `LEAST_AUC`, each with the reason."""
    means = {p: float(np.mean([f.auc for f in figures if f.purpose == p])) for p in LEARNT}
    return {p: f"leave-one-source-out AUC {mean:.3f}" for p, mean in means.items() if mean < LEAST_AUC}


def wilson(hits: int, trials: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927)."""
    if trials == 0:
        return 0.0, 1.0
    z = 1.959964
    share = hits / trials
    middle = share + z * z / (2 * trials)
    spread = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    return max(middle - spread, 0.0) / (1 + z * z / trials), (middle + spread) / (1 + z * z / trials)


def _sources(examples: Sequence[Example], purpose: str) -> list[str]:
    names = [example.source for example in examples if example.purpose == purpose]
    return [name for name in sorted(set(names)) if names.count(name) >= MIN_POSITIVES]


def _groups(examples: Sequence[Example], rows: NDArray[np.bool_]) -> NDArray[np.str_]:
    return np.array([example.group for example, chosen in zip(examples, rows, strict=True) if chosen])


def _figure(
    purpose: str,
    source: str,
    logits: NDArray[np.float64],
    groups: NDArray[np.str_],
    against: NDArray[np.float64],
) -> Auc:
    below = np.searchsorted(against, logits, "left") + np.searchsorted(against, logits, "right")
    placement = below / (2.0 * len(against))
    names, of_row = np.unique(groups, return_inverse=True)
    totals, sizes = np.bincount(of_row, placement), np.bincount(of_row)
    drawn = np.random.default_rng(0).integers(len(names), size=(RESAMPLES, len(names)))
    resampled = totals[drawn].sum(1) / sizes[drawn].sum(1)
    low, high = np.quantile(resampled, [0.025, 0.975])
    mean = float(placement.mean())
    caught = float((placement >= 1 - CAUGHT_AT).mean())
    return Auc(purpose, source, len(logits), len(against), mean, float(low), float(high), caught)
