"""Folds: what is scored out of fold was scored by a model that saw nothing of its group."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np
from threadpoolctl import threadpool_limits

from models.scorer import DISTILLATION

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from models.dataset import Examples, TrainingSet

FOLDS: Final = 2
_BLOCK: Final = 65_536
"""Rows that are scored at a time, so that no copy of all of them is needed."""
_Model = TypeVar("_Model")


def cross_fitted(
    folds: NDArray[np.int64],
    learn: Callable[[NDArray[np.bool_]], _Model],
    score: Callable[[_Model, NDArray[np.int64]], NDArray[np.float64]],
) -> tuple[_Model, NDArray[np.float64]]:
    """A model of all rows, and scores of all rows, each by a model of the other folds, shape (n, ...).

    `learn` fits on the rows where its mask is true; `score` gives scores, of shape (rows, ...), of the rows
    at these places. Models are fitted side by side, each by one thread: sums depend on how threads
    share them out, and so would models.
    """

    def one(fold: int | None) -> tuple[_Model, NDArray[np.float64] | None]:
        with threadpool_limits(limits=1):
            if fold is None:
                return learn(np.ones(len(folds), dtype=np.bool_)), None
            model, held = learn(folds != fold), np.flatnonzero(folds == fold)
            return model, np.concatenate([score(model, some) for some in _blocks(held)])

    with ThreadPoolExecutor(FOLDS) as pool:
        # That of all rows takes as long as the others together.
        (model, _), *others = pool.map(one, (None, *range(FOLDS)))
    found = [scores for _, scores in others if scores is not None]
    out = np.empty((len(folds), *found[0].shape[1:]))
    for fold, scores in enumerate(found):
        out[folds == fold] = scores
    return model, out


def _blocks(rows: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    return np.array_split(rows, max(1, -(-len(rows) // _BLOCK)))


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
