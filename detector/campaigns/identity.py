"""Keeps a campaign's id while it grows, shrinks, merges and splits."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from features.population.growth import reserved

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from features.account.names import NameIndex

NOBODY: Final = -1
"""In place of a campaign, where an account is in none."""
MOVED: Final = 0.5
"""Of a campaign's members, how many must be in others before it is told to be part of one."""


@dataclass(frozen=True, slots=True)
class Named:
    """What groups are called, and what became of campaigns that were there before."""

    ids: tuple[str, ...]
    """of each group"""
    merged: Mapping[str, str]
    """campaigns that are no longer, by the campaign that they turned out to be part of"""
    split_from: Mapping[str, str]
    """new campaigns, by the one that they were part of"""
    ended: tuple[str, ...]
    """campaigns of whom hardly anybody is left in a group"""


class Identities:
    """Remembers the last campaign of every account; the same groups at the same ticks get the same ids."""

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._founded: list[int] = []
        self._last: NDArray[np.int32] = np.full(0, NOBODY, dtype=np.int32)
        self._live: dict[int, int] = {}

    def name(self, groups: Sequence[NDArray[np.int64]], names: NameIndex, end: int) -> Named:
        """Name `groups`, account rows without overlap, as of the tick that ends at `end` (ms).

        A group takes the id of the campaign with which it shares most members (ties: the older one, then the
        id); of several groups that want an id the one that shares most gets it (ties: the smallest name).
        """
        self._last = reserved(self._last, len(names), NOBODY)
        wanted = [self._shared(group) for group in groups]
        given = self._match(wanted, groups, names)
        fresh = [at for at in range(len(groups)) if at not in given]
        for at in fresh:
            given[at] = self._found(groups[at], names, end)
        outcome = self._outcome(wanted, given, fresh)
        for at, group in enumerate(groups):
            self._last[group] = given[at]
        self._live = {given[at]: len(group) for at, group in enumerate(groups)}
        return outcome

    def _shared(self, group: NDArray[np.int64]) -> dict[int, int]:
        """How many members the group shares with each campaign that there ever was."""
        last = self._last[group]
        known, number = np.unique(last[last != NOBODY], return_counts=True)
        return dict(zip(known.tolist(), number.tolist(), strict=True))

    def _match(
        self, wanted: Sequence[dict[int, int]], groups: Sequence[NDArray[np.int64]], names: NameIndex
    ) -> dict[int, int]:
        seen: dict[int, int] = {}
        for shared in wanted:
            for which in shared:
                seen[which] = seen.get(which, 0) + 1
        bids = [
            (
                -number, self._founded[which], self._ids[which],
                smallest(groups[at], names) if seen[which] > 1 else "", at, which,
            )
            for at, shared in enumerate(wanted)
            for which, number in shared.items()
        ]  # fmt: skip
        given: dict[int, int] = {}
        taken: set[int] = set()
        for *_, at, which in sorted(bids):
            if at not in given and which not in taken:
                given[at] = which
                taken.add(which)
        return given

    def _found(self, group: NDArray[np.int64], names: NameIndex, end: int) -> int:
        self._ids.append(campaign_id(end, smallest(group, names)))
        self._founded.append(end)
        return len(self._ids) - 1

    def _outcome(
        self, wanted: Sequence[dict[int, int]], given: dict[int, int], fresh: Sequence[int]
    ) -> Named:
        gone = set(self._live) - set(given.values())
        merged = {
            self._ids[which]: self._heir(which, wanted, given)
            for which in gone
            if sum(shared.get(which, 0) for shared in wanted) >= MOVED * self._live[which]
        }
        split = {self._ids[given[at]]: self._ids[self._most(wanted[at])] for at in fresh if wanted[at]}
        ended = tuple(sorted({self._ids[which] for which in gone} - set(merged)))
        return Named(tuple(self._ids[given[at]] for at in range(len(given))), merged, split, ended)

    def _heir(self, which: int, wanted: Sequence[dict[int, int]], given: dict[int, int]) -> str:
        """The campaign to which most members of one that is gone belong now."""
        takers = [
            (-shared[which], self._ids[given[at]]) for at, shared in enumerate(wanted) if which in shared
        ]
        return min(takers)[1]

    def _most(self, shared: dict[int, int]) -> int:
        return min(shared, key=lambda which: (-shared[which], self._founded[which], self._ids[which]))


def campaign_id(founded: int, member: str) -> str:
    """The id of a campaign founded at the end of a tick (ms), by its member of the smallest name."""
    said = f"{founded}\0{member}".encode()
    return "cmp_" + hashlib.blake2b(said, digest_size=10, person=b"stillwatch-group").hexdigest()


def smallest(group: NDArray[np.int64], names: NameIndex) -> str:
    """The smallest of the members' names: the same whatever their rows."""
    return min(names[int(row)] for row in group)
