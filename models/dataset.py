"""Training rows: feature vectors of accounts at points of their life, with what was true by then."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

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
    part_counts: NDArray[np.int64]
    """parts that the account had in populations, shape (n,)"""
    parts: NDArray[np.void]
    """those parts, one snapshot's after the other's, dtype `features.population.attachment.PART`; their
    `population` is a row of a `PopulationSet`"""

    def __len__(self) -> int:
        return len(self.vectors)

    def take(self, chosen: NDArray[np.bool_]) -> TrainingSet:
        """The snapshots where `chosen` is true."""
        return TrainingSet(
            self.vectors[chosen], self.events[chosen], self.labels[chosen], self.accounts[chosen],
            self.final[chosen], self.kinds[chosen], self.groups[chosen], self.importance[chosen],
            self.part_counts[chosen], self.parts[np.repeat(chosen, self.part_counts)],
        )  # fmt: skip

    def span(self, start: int, end: int) -> TrainingSet:
        """The snapshots from one place up to another, as views."""
        first = int(self.part_counts[:start].sum())
        parts = self.parts[first : first + int(self.part_counts[start:end].sum())]
        names = (field.name for field in fields(self) if field.name != "parts")
        return TrainingSet(**{name: getattr(self, name)[start:end] for name in names}, parts=parts)

    def bare(self) -> TrainingSet:
        """The same snapshots without features and parts: enough for weights and thresholds."""
        return replace(
            self,
            vectors=self.vectors[:, :0],
            part_counts=np.zeros_like(self.part_counts),
            parts=self.parts[:0],
        )

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
        return _digest(self)


@dataclass(frozen=True, slots=True)
class PopulationSet:
    """`n` snapshots of populations, as they grew."""

    vectors: NDArray[np.float64]
    """shape (n, features of populations)"""
    labels: NDArray[np.int64]
    """what most of the requests were part of by then"""
    populations: NDArray[np.int64]
    """which population; its snapshots share its number"""
    members: NDArray[np.int64]
    """accounts in it by then"""
    kinds: NDArray[np.str_]
    """attack family of most of its attacks, or archetype of most of its members' requests"""
    groups: NDArray[np.str_]
    """campaign, or the population itself: what must not be split between fitting and testing"""
    importance: NDArray[np.float64]
    """how much it counts in a fit; 0: it is scored and teaches nothing"""

    def __len__(self) -> int:
        return len(self.vectors)

    def counting(self, importance: float) -> PopulationSet:
        """The same snapshots, of so much importance."""
        return replace(self, importance=np.full(len(self), importance))

    def without(self, kinds: Sequence[str]) -> PopulationSet:
        """The same snapshots; those of `kinds` teach nothing."""
        return replace(self, importance=np.where(np.isin(self.kinds, kinds), 0.0, self.importance))

    def digest(self) -> str:
        """Changes with any row or label."""
        return _digest(self)


@dataclass(frozen=True, slots=True)
class Examples:
    """What a detector learns from: accounts, and the populations that their parts name."""

    accounts: TrainingSet
    populations: PopulationSet

    def take(self, chosen: NDArray[np.bool_]) -> Examples:
        """The accounts' snapshots where `chosen` is true. All populations stay: parts name them by row."""
        return Examples(self.accounts.take(chosen), self.populations)

    def counting(self, importance: float) -> Examples:
        """The same, of so much importance."""
        return Examples(self.accounts.counting(importance), self.populations.counting(importance))

    def without(self, kinds: Sequence[str]) -> Examples:
        """The same without accounts of these families and archetypes; populations of theirs teach nothing."""
        left = self.take(~np.isin(self.accounts.kinds, kinds))
        return Examples(left.accounts, left.populations.without(kinds))

    def digest(self) -> str:
        """Changes with any row or label."""
        return hashlib.sha256((self.accounts.digest() + self.populations.digest()).encode()).hexdigest()[:16]


def _digest(rows: TrainingSet | PopulationSet) -> str:
    digest = hashlib.sha256()
    for column in fields(rows):
        digest.update(np.ascontiguousarray(getattr(rows, column.name)).data)
    return digest.hexdigest()[:16]


def join(sets: Sequence[Examples]) -> Examples:
    """Several worlds as one; their accounts, populations and groups stay apart."""
    at = np.cumsum([0, *(len(one.populations) for one in sets)])
    return Examples(
        _join_accounts([one.accounts for one in sets], at),
        _join_populations([one.populations for one in sets]),
    )


def _join_accounts(sets: Sequence[TrainingSet], rows: NDArray[np.int64]) -> TrainingSet:
    parts = [one.parts.copy() for one in sets]
    for some, start in zip(parts, rows, strict=False):
        some["population"] += start
    joined = _joined(sets, "accounts")
    return TrainingSet(**joined, parts=np.concatenate(parts))


def _join_populations(sets: Sequence[PopulationSet]) -> PopulationSet:
    return PopulationSet(**_joined(sets, "populations"))


def _joined(sets: Sequence[Any], number: str) -> dict[str, Any]:
    """Columns of equal length one after the other; numbers go on, and groups are named by their set."""
    names = [field.name for field in fields(sets[0]) if field.name != "parts"]
    columns = {name: np.concatenate([getattr(one, name) for one in sets]) for name in names}
    columns["groups"] = np.concatenate([np.char.add(f"{at}/", one.groups) for at, one in enumerate(sets)])
    last = np.cumsum([0, *(getattr(one, number).max(initial=-1) + 1 for one in sets)])
    columns[number] = np.concatenate([getattr(one, number) + last[at] for at, one in enumerate(sets)])
    return columns
