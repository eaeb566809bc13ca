"""Which covered accounts show which objects: the part of the population tables that linking looks at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from detector.campaigns.kernels import walk
from detector.campaigns.measures import weight_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detector.campaigns.rules import LinkRules
    from features.population.table import PopulationTable

_EACH: Final = 64
"""Edges of an account that there is room for at first; memory is taken as it is written."""


@dataclass(frozen=True, slots=True)
class Incidence:
    """Pairs of an account and an object that it shows, in no order that matters."""

    accounts: int
    """how many accounts there are"""
    rows: NDArray[np.int64]
    """populations of the objects, ascending, shape (objects,)"""
    keys: NDArray[np.uint64]
    kinds: NDArray[np.int64]
    members: NDArray[np.int64]
    """accounts that show each object, covered or not"""
    account: NDArray[np.int64]
    """of each pair, a place in the list of covered accounts"""
    object: NDArray[np.int64]
    """of each pair, a place in `rows`"""
    count: NDArray[np.int64]
    """requests of each pair"""
    weight: NDArray[np.float64]
    """the same, those of half a life ago counted half"""

    def at(self, kept: NDArray[np.bool_]) -> Incidence:
        """The pairs where `kept`; objects stay."""
        return Incidence(
            self.accounts, self.rows, self.keys, self.kinds, self.members,
            self.account[kept], self.object[kept], self.count[kept], self.weight[kept],
        )  # fmt: skip

    def covered(self) -> NDArray[np.int64]:
        """Covered accounts that show each object, shape (objects,)."""
        return np.bincount(self.object, minlength=len(self.rows))


def incidence(
    table: PopulationTable,
    accounts: NDArray[np.int64],
    wanted: NDArray[np.bool_] | None,
    day: int,
    rules: LinkRules,
) -> Incidence:
    """What `accounts` (rows) showed often and lately enough, of the populations `wanted` (None: all).

    `day` is today, in days since the epoch. Takes time in proportion to the memberships of `accounts`.
    """
    chosen = np.zeros(0, dtype=np.bool_) if wanted is None else wanted
    account, numbers = _pairs(table, accounts, chosen, rules.least_requests, day - rules.horizon)
    edges = table.edges[numbers]
    rows, place = _numbered(edges["population"], len(table))
    count = edges["count"].astype(np.int64)
    groups = table.groups[rows]
    return Incidence(
        accounts=len(accounts),
        rows=rows,
        keys=groups["key"].astype(np.uint64),
        kinds=groups["kind"].astype(np.int64),
        members=groups["members"].astype(np.int64),
        account=account,
        object=place,
        count=count,
        weight=weight_of(count, edges["day"], day, rules),
    )


def _numbered(populations: NDArray[np.int32], of: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which there are, ascending, and the place of each among them: without sorting millions of them."""
    there = np.zeros(of, dtype=np.bool_)
    there[populations] = True
    places = np.cumsum(there) - 1
    return np.flatnonzero(there), places[populations]


def _pairs(
    table: PopulationTable,
    accounts: NDArray[np.int64],
    wanted: NDArray[np.bool_],
    least: int,
    since: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    known = np.flatnonzero(accounts < len(table.of_account)).astype(np.int64)
    heads = table.of_account[accounts[known]]
    out = np.empty((2, _EACH * len(heads)), dtype=np.int64)
    number = walk(heads, table.edges, wanted, least, since, out)
    if number > out.shape[1]:
        out = np.empty((2, number), dtype=np.int64)
        walk(heads, table.edges, wanted, least, since, out)
    return known[out[0, :number]], out[1, :number]
