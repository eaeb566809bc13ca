"""One thing that must not get worse, and the accounts that tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import msgspec
import numpy as np

from detector.evaluate.roc import threshold
from detector.retrain.bootstrap import Scored
from models.scorer import BENIGN, DISTILLATION

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detector.retrain.judging import Judged
    from detector.retrain.labelled import Labelled

Dimension = Literal[
    "all", "family", "held-out", "archetype", "plan", "client", "privacy", "language", "regression",
    "canary", "labels",
]  # fmt: skip


class Check(msgspec.Struct, frozen=True):
    """One thing that must not get worse."""

    dimension: Dimension
    name: str
    measure: str
    n: int
    champion: float
    challenger: float
    low: float
    """of the difference, at the gate's level shared out among all checks"""
    high: float
    passed: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """Rows with the truth about them, and what both models say."""

    rows: Labelled
    champion: Judged
    challenger: Judged

    @property
    def labels(self) -> NDArray[np.int64]:
        """Label of each account by number; -1 for one without a row."""
        accounts = self.rows.examples.accounts
        labels = np.full(len(self.rows.names), -1, dtype=np.int64)
        labels[accounts.accounts] = accounts.labels
        return labels

    @property
    def honest(self) -> NDArray[np.int64]:
        """Numbers of honest accounts."""
        return np.flatnonzero(self.labels == BENIGN)

    @property
    def attack(self) -> NDArray[np.int64]:
        """Numbers of distillation accounts."""
        return np.flatnonzero(self.labels == DISTILLATION)

    @property
    def groups(self) -> NDArray[np.str_]:
        """Campaign of each account by number, or the account itself."""
        return self._by_account(self.rows.examples.accounts.groups)

    @property
    def kinds(self) -> NDArray[np.str_]:
        """Family or archetype of each account by number."""
        return self._by_account(self.rows.examples.accounts.kinds)

    @property
    def scored(self) -> Scored:
        """Last scores by both."""
        return Scored(self.champion.last, self.challenger.last)

    def above(self, fpr: float) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Accounts above each model's own cut at `fpr` among these honest accounts."""
        honest = self.honest
        before, after = self.champion.last, self.challenger.last
        return before > threshold(before[honest], fpr), after > threshold(after[honest], fpr)

    def _by_account(self, values: NDArray[np.str_]) -> NDArray[np.str_]:
        out = np.full(len(self.rows.names), "", dtype=values.dtype)
        out[self.rows.examples.accounts.accounts] = values
        return out
