"""Training rows with what they are about: names, times, and facts to slice figures by."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from models.dataset import Examples, PopulationSet, join

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of each account, each of shape (accounts,); `unknown` where the log did not say."""

    org: NDArray[np.str_]
    plan: NDArray[np.str_]
    client: NDArray[np.str_]
    """library of the first request, without its version"""
    privacy: NDArray[np.str_]
    """content, sketch or metadata"""
    language: NDArray[np.str_]
    """writing system of the first prompt"""


@dataclass(frozen=True, slots=True)
class Labelled:
    """Examples whose accounts have names. Worlds and the lake both give it."""

    examples: Examples
    names: NDArray[np.str_]
    """ids of accounts by their number in `examples.accounts.accounts`, shape (accounts,)"""
    ends: NDArray[np.int64]
    """end of the tick of each snapshot of an account, ms, shape (n,): no row holds what came later"""
    facts: Facts

    def take(self, chosen: NDArray[np.bool_]) -> Labelled:
        """The accounts' snapshots where `chosen` is true."""
        return Labelled(self.examples.take(chosen), self.names, self.ends[chosen], self.facts)

    def light(self) -> Labelled:
        """The same rows without features: enough to tell what each weighs."""
        accounts, populations = self.examples.accounts, self.examples.populations
        few = Examples(
            replace(accounts, vectors=accounts.vectors[:, :0]),
            replace(populations, vectors=populations.vectors[:, :0]),
        )
        return replace(self, examples=few)

    @property
    def named(self) -> NDArray[np.str_]:
        """Account id of every snapshot, shape (n,)."""
        names: NDArray[np.str_] = self.names[self.examples.accounts.accounts]
        return names


def join_labelled(sets: Sequence[Labelled]) -> Labelled:
    """Several as one; their accounts stay apart, whatever their names."""
    counts = [int(one.examples.accounts.accounts.max(initial=-1)) + 1 for one in sets]
    kept = list(zip(sets, counts, strict=True))
    return Labelled(
        join([one.examples for one in sets]),
        np.concatenate([one.names[:count] for one, count in kept]),
        np.concatenate([one.ends for one in sets]),
        Facts(**{name: np.concatenate([getattr(one.facts, name)[:n] for one, n in kept]) for name in _FACTS}),
    )


_FACTS = tuple(field.name for field in fields(Facts))


def facts_of(rows: dict[str, dict[str, str]], names: Sequence[str]) -> Facts:
    """Facts by account id as columns in the order of `names`."""
    unknown: dict[str, str] = {}
    columns: dict[str, Any] = {
        fact: np.array([rows.get(name, unknown).get(fact, "unknown") for name in names], dtype=np.str_)
        for fact in _FACTS
    }
    return Facts(**columns)


def with_last(rows: Labelled) -> Labelled:
    """The same, the last row that is left of each account being its final one."""
    accounts = rows.examples.accounts
    final = np.zeros(len(accounts), dtype=np.bool_)
    _, from_end = np.unique(accounts.accounts[::-1], return_index=True)
    final[len(accounts) - 1 - from_end] = True
    return replace(rows, examples=replace(rows.examples, accounts=replace(accounts, final=final)))


def compacted(rows: Labelled) -> Labelled:
    """The same rows without accounts and populations that none of them names."""
    accounts, populations = rows.examples.accounts, rows.examples.populations
    numbers, again = np.unique(accounts.accounts, return_inverse=True)
    named, places = np.unique(accounts.parts["population"], return_inverse=True)
    parts = accounts.parts.copy()
    parts["population"] = places
    columns = {field.name: getattr(populations, field.name)[named] for field in fields(populations)}
    few = Examples(replace(accounts, accounts=again, parts=parts), PopulationSet(**columns))
    facts = Facts(**{name: getattr(rows.facts, name)[numbers] for name in _FACTS})
    return Labelled(few, rows.names[numbers], rows.ends, facts)
