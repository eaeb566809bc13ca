"""Who joins those that were found: accounts that do real work in the same suspicious wording as alerted ones.

To do the same work as accounts that were alerted speaks against an account, as a part of its score.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from features.population.attachment import is_part, parts_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from features.population.table import PopulationTable

TOGETHER: Final = 3
"""Alerted members of a wording who are company to each other and to the others.

Whom it is about counts, too, if alerted. Two attackers would otherwise be company to an honest account that
shares their words and not to each other, and it would come before them.
"""
AMONG: Final = 0.25
"""And the share of its members that they are at least: else the wording is rather not theirs alone."""


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

    def has(self, counts: NDArray[np.int64], parts: NDArray[np.void]) -> NDArray[np.bool_]:
        """Whether each account has company in one of the wordings it is part of, shape (n,).

        `counts` and `parts` are what `parts_of` says of the accounts.
        """
        out = np.zeros(len(counts), dtype=np.bool_)
        at, populations = self._wordings(counts, parts)
        if len(at) == 0:
            return out
        alerted = self._words.marked_members(self._alerted)[populations]
        members = self._words.groups["members"][populations]
        out[at[(alerted >= TOGETHER) & (alerted >= AMONG * members)]] = True
        return out

    def around(self, accounts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Accounts that share a flagged wording with any of `accounts`, ascending."""
        _, populations = self._wordings(*parts_of(self._words, self._totals, accounts))
        return self._words.members_of_any(populations)

    def _wordings(
        self, counts: NDArray[np.int64], parts: NDArray[np.void]
    ) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Positions of accounts and the flagged populations that those do real work in, pair by pair."""
        chosen = self._flagged[parts["population"]] & is_part(parts)
        return np.repeat(np.arange(len(counts)), counts)[chosen], parts["population"][chosen]
