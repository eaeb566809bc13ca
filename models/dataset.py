"""Training rows: feature vectors of accounts at points of their life, with what was true by then."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """`n` snapshots of accounts. A snapshot holds nothing that came after it, and neither does its label."""

    vectors: NDArray[np.float64]
    """shape (n, features)"""
    events: NDArray[np.int64]
    """requests seen by the snapshot"""
    labels: NDArray[np.int64]
    """BENIGN, RELAY or DISTILLATION of `models.scorer`"""
    accounts: NDArray[np.int64]
    """which account; snapshots of one account share its number"""
    final: NDArray[np.bool_]
    """the account's last snapshot"""
    kinds: NDArray[np.str_]
    """attack family, or honest archetype"""
    groups: NDArray[np.str_]
    """campaign, or organisation: what must not be split between fitting and testing"""
    importance: NDArray[np.float64]
    """how much the snapshot's world counts in a fit"""

    def __len__(self) -> int:
        return len(self.vectors)

    def take(self, chosen: NDArray[np.bool_]) -> TrainingSet:
        """The snapshots where `chosen` is true."""
        return TrainingSet(
            self.vectors[chosen], self.events[chosen], self.labels[chosen], self.accounts[chosen],
            self.final[chosen], self.kinds[chosen], self.groups[chosen], self.importance[chosen],
        )  # fmt: skip

    def counting(self, importance: float) -> TrainingSet:
        """The same snapshots, of so much importance."""
        return replace(self, importance=np.full(len(self), importance))

    def weights(self) -> NDArray[np.float64]:
        """One for every account, shared by its snapshots; shape (n,)."""
        _, at, count = np.unique(self.accounts, return_inverse=True, return_counts=True)
        weights: NDArray[np.float64] = 1.0 / count[at]
        return weights

    def digest(self) -> str:
        """Changes with any row or label."""
        digest = hashlib.sha256()
        for column in (self.vectors, self.events, self.labels, self.accounts, self.importance):
            digest.update(np.ascontiguousarray(column).tobytes())
        return digest.hexdigest()[:16]


def join(sets: Sequence[TrainingSet]) -> TrainingSet:
    """Several worlds as one; their accounts and groups stay apart."""
    accounts, groups, start = [], [], 0
    for number, rows in enumerate(sets):
        accounts.append(rows.accounts + start)
        groups.append(np.char.add(f"{number}/", rows.groups))
        start += int(rows.accounts.max(initial=-1)) + 1
    return TrainingSet(
        np.concatenate([rows.vectors for rows in sets]),
        np.concatenate([rows.events for rows in sets]),
        np.concatenate([rows.labels for rows in sets]),
        np.concatenate(accounts),
        np.concatenate([rows.final for rows in sets]),
        np.concatenate([rows.kinds for rows in sets]),
        np.concatenate(groups),
        np.concatenate([rows.importance for rows in sets]),
    )
