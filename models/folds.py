"""Folds: what is scored out of fold was scored by a model that saw nothing of its group."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import numpy as np

from models.scorer import DISTILLATION

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from models.dataset import Examples, TrainingSet

    Scored = Callable[[NDArray[np.bool_], NDArray[np.bool_]], NDArray[np.float64]]
    """Scores, of shape (held, ...), of rows that are held out, by a model of those that are seen."""

FOLDS: Final = 2


def out_of_fold(folds: NDArray[np.int64], scored: Scored) -> NDArray[np.float64]:
    """Scores of all rows, each by a model of the other folds, shape (n, ...)."""
    found = [scored(folds != fold, folds == fold) for fold in range(FOLDS)]
    out = np.empty((len(folds), *found[0].shape[1:]))
    for fold, scores in enumerate(found):
        out[folds == fold] = scores
    return out


def fold_of(group: str) -> int:
    """Fold of an organisation or campaign: a hash of its name, so that it never depends on the order."""
    return hashlib.blake2b(group.encode(), digest_size=4).digest()[0] % FOLDS


def folds_of(rows: TrainingSet) -> NDArray[np.int64]:
    """Fold of every row; the campaigns of one family alternate, so that each fold learns of the family."""
    names, at = np.unique(rows.groups, return_inverse=True)
    folds: NDArray[np.int64] = _named(rows, names)[at]
    return folds


def population_folds(examples: Examples) -> NDArray[np.int64]:
    """Fold of every population: that of its campaign's accounts, where it has one."""
    known = np.unique(examples.accounts.groups)
    fold = dict(zip(known.tolist(), _named(examples.accounts, known).tolist(), strict=True))
    names, at = np.unique(examples.populations.groups, return_inverse=True)
    folds = np.array([fold.get(name, fold_of(name)) for name in names.tolist()], dtype=np.int64)
    return folds[at]


def _named(rows: TrainingSet, names: NDArray[np.str_]) -> NDArray[np.int64]:
    fold = np.array([fold_of(str(name)) for name in names], dtype=np.int64)
    attack = rows.labels == DISTILLATION
    for family in np.unique(rows.kinds[attack]):
        campaigns = np.unique(rows.groups[attack & (rows.kinds == family)])
        fold[np.searchsorted(names, campaigns)] = np.arange(len(campaigns)) % FOLDS
    return fold
