"""How many labels are wrong, by what models say that never saw them (Northcutt, Jiang and Chuang, 2021)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Noise:
    """Estimates over accounts; nothing is dropped for them."""

    accused: int
    """labelled distillation"""
    accused_wrongly: float
    """share of them that are likelier honest"""
    cleared: int
    """labelled otherwise"""
    cleared_wrongly: float
    doubtful: NDArray[np.int64]
    """places of the labels behind these shares, the most doubtful first"""


def estimate_noise(attack: NDArray[np.bool_], scores: NDArray[np.float64]) -> Noise:
    """Confident joint of the labels `attack` and out-of-fold probabilities of distillation, each shape (n,).

    A label counts as wrong where the other class is at least as sure as it usually is among its own.
    """
    sure = scores[attack].mean() if attack.any() else 1.0
    honest = (1 - scores[~attack]).mean() if (~attack).any() else 1.0
    wrongly_accused = attack & (1 - scores >= honest) & (scores < sure)
    wrongly_cleared = ~attack & (scores >= sure) & (1 - scores < honest)
    doubtful = np.flatnonzero(wrongly_accused | wrongly_cleared)
    against = np.where(attack[doubtful], scores[doubtful], 1 - scores[doubtful])
    return Noise(
        int(attack.sum()), _share(wrongly_accused, attack),
        int((~attack).sum()), _share(wrongly_cleared, ~attack),
        doubtful[np.argsort(against, kind="stable")],
    )  # fmt: skip


def _share(hits: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
    return float(hits.sum() / among.sum()) if among.any() else 0.0
