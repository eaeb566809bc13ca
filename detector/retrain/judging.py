"""What a model says of labelled rows that it is judged on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from models.bars import highest
from models.fit import FitSettings, attached

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detector.retrain.labelled import Labelled
    from models.artefact import Artefact

_SETTINGS: Final = FitSettings()
_BLOCK: Final = 65_536
"""Rows that are scored at a time, so that no copy of all of them is needed."""


@dataclass(frozen=True, slots=True)
class Judged:
    """By account number of a `Labelled`, each of shape (accounts,); NaN for one without a row."""

    last: NDArray[np.float64]
    """score at the account's last snapshot"""
    peak: NDArray[np.float64]
    """the highest score that it ever had, with requests enough"""
    raise_at: float

    @property
    def alerted(self) -> NDArray[np.bool_]:
        """Whether the account ever reached the model's own bar."""
        reached: NDArray[np.bool_] = self.peak >= self.raise_at
        return reached


def vectors_of(model: Artefact, rows: Labelled) -> NDArray[np.float64]:
    """What `model` scores: own features, and attachment by its own view of populations."""
    return attached(rows.examples.accounts, _logits(model, rows))


def judge(model: Artefact, rows: Labelled) -> Judged:
    """Score every account of `rows`; company, which takes a live engine, has no part in it."""
    accounts = rows.examples.accounts
    scores = _scores(model, rows)
    last = np.full(len(rows.names), np.nan)
    last[accounts.accounts[accounts.final]] = scores[accounts.final]
    peak = np.full(len(rows.names), np.nan)
    top = highest(accounts, scores, _SETTINGS)
    seen = np.unique(accounts.accounts)
    peak[seen] = top[seen]
    return Judged(last, peak, model.raise_at)


def _scores(model: Artefact, rows: Labelled) -> NDArray[np.float64]:
    accounts, logits = rows.examples.accounts, _logits(model, rows)
    starts = range(0, len(accounts), _BLOCK)
    blocks = (attached(accounts.span(start, start + _BLOCK), logits) for start in starts)
    return np.concatenate([np.zeros(0), *(model.scorer.score(block).distillation for block in blocks)])


def _logits(model: Artefact, rows: Labelled) -> NDArray[np.float64]:
    vectors = rows.examples.populations.vectors
    blocks = (vectors[start : start + _BLOCK] for start in range(0, len(vectors), _BLOCK))
    return np.concatenate([np.zeros(0), *(model.populations.logits(block)[0] for block in blocks)])
