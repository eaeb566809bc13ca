"""Who joins those that were found: accounts that do real work in the same suspicious wording as alerted ones.

A score that would not raise an alert by itself is enough beside others who were alerted for the same thing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from features.population.attachment import is_part, parts_of
from features.population.members import members_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from features.population.table import PopulationTable

COMPANIONS: Final = 2
"""Alerted members of a wording who make it easier for others to be alerted, too."""


class Company:
    """Accounts beside the alerted ones, at one moment."""

    def __init__(
        self,
        words: PopulationTable,
        totals: NDArray[np.int32],
        flagged: NDArray[np.bool_],
        alerted: NDArray[np.bool_],
    ) -> None:
        """`flagged` by population, `totals` (requests) and `alerted` by account."""
        self._words = words
        self._totals = totals
        self._flagged = flagged
        self._alerted = alerted

    def has(self, accounts: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether each account has COMPANIONS in one flagged wording, apart from itself, shape (n,)."""
        out = np.zeros(len(accounts), dtype=np.bool_)
        at, populations = self._wordings(accounts)
        if len(at) == 0:
            return out
        found, of = np.unique(populations, return_inverse=True)
        others = self._count(found)[of] - self._alerted[accounts[at]]
        out[at[others >= COMPANIONS]] = True
        return out

    def around(self, accounts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Accounts that share a flagged wording with any of `accounts`, ascending."""
        _, populations = self._wordings(accounts)
        members = [self._members(int(population)) for population in np.unique(populations)]
        return np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *members]))

    def _wordings(self, accounts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Positions in `accounts` and the flagged populations that those do real work in, pair by pair."""
        counts, parts = parts_of(self._words, self._totals, accounts)
        chosen = self._flagged[parts["population"]] & is_part(parts)
        return np.repeat(np.arange(len(accounts)), counts)[chosen], parts["population"][chosen]

    def _count(self, populations: NDArray[np.int32]) -> NDArray[np.int64]:
        return np.array([self._alerted[self._members(int(one))].sum() for one in populations], dtype=np.int64)

    def _members(self, population: int) -> NDArray[np.int64]:
        edges = members_of(population, self._words.groups, self._words.edges)
        members: NDArray[np.int64] = self._words.edges["account"][edges].astype(np.int64)
        return members
