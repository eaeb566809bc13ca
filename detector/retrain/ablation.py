"""What each group of features is worth: the same fit without it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from detector.evaluate.roc import threshold
from features.account.vector import FEATURES
from models.accounts import Columns
from models.boosting import Boosting
from models.fit import FitSettings, fit
from models.scorer import BENIGN, DISTILLATION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from models.dataset import Examples

SMALLER: Final = FitSettings(
    accounts=Boosting(trees=40, leaves=12, rate=0.2, smallest_leaf=40),
    populations=Boosting(trees=60, leaves=8, rate=0.12, smallest_leaf=15),
    fusion=Boosting(trees=60, leaves=6, rate=0.12, smallest_leaf=40),
)
"""Less than half of the shipped model: only differences count here."""
_FPR: Final = 1e-3
SHARED: Final = "population"


class Ablation(msgspec.Struct, frozen=True):
    """Figures without one group of features, out of fold; the first of a list lacks none."""

    without: str
    macro_tpr: float
    """mean over families at 0.1 % FPR"""


def ablations(examples: Examples, step: Callable[[str], None]) -> Iterator[Ablation]:
    """Fit with everything, without each group of an account's own features, and without what it shares."""
    groups = sorted({feature.group for feature in FEATURES if feature.scored})
    for without in ("", *groups, SHARED):
        step(f"ablation: without {without or 'nothing'}")
        yield Ablation(without, _macro(examples, without))


def _macro(examples: Examples, without: str) -> float:
    used = _unshared(examples) if without == SHARED else examples
    scores = fit(used, _columns(without), SMALLER).out_of_fold.distillation
    rows = examples.accounts
    cut = threshold(scores[rows.final & (rows.labels == BENIGN)], _FPR)
    attack = rows.final & (rows.labels == DISTILLATION)
    families = np.unique(rows.kinds[attack])
    return float(np.mean([(scores[attack & (rows.kinds == family)] > cut).mean() for family in families]))


def _columns(without: str) -> Columns:
    seen = [feature.scored and feature.group != without for feature in FEATURES]
    evidence = [kept and feature.is_evidence for kept, feature in zip(seen, FEATURES, strict=True)]
    return Columns(np.flatnonzero(seen), np.flatnonzero(evidence))


def _unshared(examples: Examples) -> Examples:
    """The same accounts, of which none has a part in any population."""
    rows = examples.accounts
    alone = replace(rows, part_counts=np.zeros_like(rows.part_counts), parts=rows.parts[:0])
    return replace(examples, accounts=alone)
