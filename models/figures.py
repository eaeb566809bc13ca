"""Figures of a fitted scorer on rows that it has not learnt from, each with its n and 95 % interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from models.bars import highest
from models.rates import wilson
from models.scorer import BENIGN, DISTILLATION, RELAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.dataset import Examples, TrainingSet
    from models.fit import FitSettings, Fitted


def out_of_fold_figures(rows: Examples, fitted: Fitted, settings: FitSettings) -> dict[str, Any]:
    """Alerted share by family and archetype, at the shipped threshold, by folds that had not seen them."""
    return _alerted(rows.accounts, fitted.out_of_fold.distillation, fitted.raise_at, settings)


def held_out_figures(rows: Examples, fitted: Fitted, settings: FitSettings) -> dict[str, Any]:
    """The same for families and archetypes held out of training entirely."""
    return _alerted(rows.accounts, fitted.score(rows).distillation, fitted.raise_at, settings)


def _alerted(
    rows: TrainingSet, scores: NDArray[np.float64], raise_at: float, settings: FitSettings
) -> dict[str, Any]:
    top = highest(rows, scores, settings)
    last = rows.bare().take(rows.final)
    found = {}
    for name, label in (("distillation", DISTILLATION), ("relay", RELAY), ("benign", BENIGN)):
        kinds = last.kinds[last.labels == label]
        alerted = top[last.accounts[last.labels == label]] >= raise_at
        found[name] = {str(kind): _share(alerted[kinds == kind]) for kind in np.unique(kinds)}
    return found


def _share(hits: NDArray[np.bool_]) -> dict[str, Any]:
    low, high = wilson(int(hits.sum()), len(hits))
    share = float(hits.mean()) if len(hits) else 0.0
    return {"share": round(share, 5), "n": len(hits), "low": round(low, 5), "high": round(high, 5)}
