"""Leave one family or one archetype out of training, and see what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from detector.evaluate.experiments.steps import unseen
from detector.evaluate.rates import Rate
from detector.evaluate.results import LeftOut
from detector.evaluate.roc import threshold
from detector.worlds import learnt_columns
from models.bars import highest
from models.boosting import Boosting
from models.fit import FitSettings, fit
from models.scorer import BENIGN, DISTILLATION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from detector.evaluate.experiments.steps import Step
    from models.dataset import Examples, TrainingSet
    from models.fit import Fitted

FPR: Final = 1e-3
SMALLER: Final = FitSettings(
    accounts=Boosting(trees=60, leaves=12, rate=0.15, smallest_leaf=40),
    populations=Boosting(trees=80, leaves=8, rate=0.1, smallest_leaf=15),
)
"""About half of the shipped model, for a third of its time: one fit for each kind of traffic is many."""

Kind = Literal["family", "archetype"]


@dataclass(frozen=True, slots=True)
class Bars:
    """Where a fitted model draws its lines."""

    cut: float
    """final scores above it: at most a share `FPR` of honest accounts, out of fold"""
    raise_at: float
    """scores that raise an alert, at any time of an account's life"""

    @classmethod
    def of(cls, rows: TrainingSet, fitted: Fitted) -> Bars:
        """The bars of a model fitted on `rows`."""
        honest = rows.final & (rows.labels == BENIGN)
        return cls(threshold(fitted.out_of_fold.distillation[honest], FPR), fitted.raise_at)


def leave_one_out(
    examples: Examples, settings: FitSettings | None = None, step: Step = unseen
) -> tuple[LeftOut, ...]:
    """Fit once on all of `examples` (several worlds joined, if so), and once without each kind of traffic.

    A kind left out is scored by the model that never saw it, against that model's own bars; beside it stand
    the out-of-fold scores with it in training, by models of half of the rows each: so the comparison errs
    towards a small loss, and a loss that shows is one. The only kind of its class stays: without it there is
    nothing to tell apart. Populations of a kind left out are scored, and teach nothing.
    """
    settings = settings or SMALLER
    rows = examples.accounts
    kinds = list(_kinds(rows))
    step("everything in training", 1, len(kinds) + 1)
    fitted = fit(examples, learnt_columns(), settings)
    found = []
    for number, (kind, name) in enumerate(kinds, 2):
        step(f"without {kind} {name}", number, len(kinds) + 1)
        chosen = _members(rows, kind, name)
        scores = fitted.out_of_fold.distillation[chosen]
        known = _over(rows.take(chosen), scores, Bars.of(rows, fitted), settings)
        found.append(LeftOut(kind, name, *_interleaved(_left_out(examples, name, chosen, settings), known)))
    return tuple(found)


def _kinds(rows: TrainingSet) -> Iterator[tuple[Kind, str]]:
    labels: tuple[tuple[Kind, int], ...] = (("family", DISTILLATION), ("archetype", BENIGN))
    for kind, label in labels:
        names = np.unique(rows.kinds[rows.labels == label])
        if len(names) > 1:
            yield from ((kind, str(name)) for name in names)


def _members(rows: TrainingSet, kind: Kind, name: str) -> NDArray[np.bool_]:
    label = DISTILLATION if kind == "family" else BENIGN
    chosen: NDArray[np.bool_] = (rows.labels == label) & (rows.kinds == name)
    return chosen


def _left_out(
    examples: Examples, kind: str, chosen: NDArray[np.bool_], settings: FitSettings
) -> tuple[Rate, Rate]:
    seen, held = examples.without([kind]), examples.take(chosen)
    fitted = fit(seen, learnt_columns(), settings)
    return _over(held.accounts, fitted.score(held).distillation, Bars.of(seen.accounts, fitted), settings)


def _over(
    rows: TrainingSet, scores: NDArray[np.float64], bars: Bars, settings: FitSettings
) -> tuple[Rate, Rate]:
    """Accounts whose final score is above the cut, and accounts that were ever alerted."""
    last = rows.final
    peaks = highest(rows, scores, settings)[rows.accounts[last]]
    return Rate.among(scores[last] > bars.cut), Rate.among(peaks >= bars.raise_at)


def _interleaved(left: tuple[Rate, Rate], known: tuple[Rate, Rate]) -> tuple[Rate, Rate, Rate, Rate]:
    return left[0], known[0], left[1], known[1]
