"""One logistic regression a purpose on hashed n-grams, calibrated, packed into `PurposeWeights`."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from features.rows import MAX_PURPOSES
from features.text.purposes import BUCKETS, LEARNT, PurposeWeights
from models.text.vectorize import NgramCounts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from models.text.examples import Example

STRENGTH: Final = 30.0
"""Inverse regularisation of the logistic regressions."""
PRIOR: Final = 0.05
"""Share of prompts with a purpose that calibrated probabilities assume."""
FOLDS: Final = 10
_INT16: Final = 32767


@dataclass(frozen=True, slots=True)
class Problem:
    """Examples turned into numbers once, for many fits."""

    counts: Any
    """sparse, shape (n, BUCKETS)"""
    purposes: NDArray[np.str_]
    sources: NDArray[np.str_]


def make_problem(examples: Sequence[Example]) -> Problem:
    """Vectorised examples."""
    return Problem(
        NgramCounts().transform([example.text for example in examples]),
        np.array([example.purpose for example in examples]),
        np.array([example.source for example in examples]),
    )


def fit_purpose(problem: Problem, purpose: str, chosen: NDArray[np.bool_]) -> LogisticRegression:
    """The classifier of one purpose against all else, from the chosen examples.

    Every source weighs alike within its side, so that a large corpus does not drown a family of wordings.
    """
    held = problem.purposes[chosen] == purpose
    _, of_row, sizes = np.unique(problem.sources[chosen], return_inverse=True, return_counts=True)
    weight = 1.0 / np.sqrt(sizes[of_row])
    weight[held] /= weight[held].sum()
    weight[~held] /= weight[~held].sum()
    model = LogisticRegression(C=STRENGTH, solver="liblinear", random_state=0)
    model.fit(problem.counts[chosen], held, sample_weight=weight * len(held) / 2)
    return model


def calibration(problem: Problem, purpose: str) -> tuple[float, float]:
    """Slope and offset (Platt 1999) from logits of examples whose source was left out, at `PRIOR`."""
    held = problem.purposes == purpose
    logits = np.zeros(len(held))
    for _, left_out in GroupKFold(FOLDS, shuffle=True, random_state=0).split(logits, groups=problem.sources):
        chosen = np.ones(len(held), dtype=bool)
        chosen[left_out] = False
        model = fit_purpose(problem, purpose, chosen)
        logits[left_out] = model.decision_function(problem.counts[left_out])
    weight = np.where(held, PRIOR / held.sum(), (1 - PRIOR) / (~held).sum()) * len(held)
    platt = LogisticRegression(C=1e6).fit(logits[:, None], held, sample_weight=weight)
    return float(platt.coef_[0, 0]), float(platt.intercept_[0])


def fit_weights(problem: Problem, dropped: Mapping[str, str]) -> PurposeWeights:
    """Weights of every purpose that is not dropped; a dropped one always scores 0."""
    table = np.zeros((BUCKETS, MAX_PURPOSES), dtype=np.int16)
    scale, bias, slope = (np.zeros(MAX_PURPOSES) for _ in range(3))
    offset = np.full(MAX_PURPOSES, -np.inf)
    everything = np.ones(len(problem.purposes), dtype=bool)
    for column, purpose in enumerate(LEARNT):
        if purpose in dropped:
            continue
        model = fit_purpose(problem, purpose, everything)
        scale[column] = np.abs(model.coef_).max() / _INT16
        table[:, column] = np.rint(model.coef_[0] / scale[column]).astype(np.int16)
        bias[column] = model.intercept_[0]
        slope[column], offset[column] = calibration(problem, purpose)
    return PurposeWeights(table, scale, bias, slope, offset, _version(table, scale, bias, slope, offset))


def _version(*arrays: NDArray[Any]) -> str:
    """Named by content: weights that score differently are never called alike."""
    digest = hashlib.sha256(b"".join(np.ascontiguousarray(array).tobytes() for array in arrays))
    return f"text-{digest.hexdigest()[:12]}"
