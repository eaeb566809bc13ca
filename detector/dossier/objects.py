"""What accounts have in common with others, for many accounts at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from detector.campaigns.incidence import incidence
from detector.campaigns.rules import RULES
from detector.dossier.records import ShownObject
from features.account.fold import DAY
from features.population.layout import KINDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detector.campaigns.incidence import Incidence
    from detector.campaigns.view import View
    from features.population.table import PopulationTable

EACH: Final = 16
"""Objects of an account, the rarest."""
INFRASTRUCTURE: Final = 40
"""Objects of a campaign, those of most requests."""
_ONCE: Final = replace(RULES, least_requests=1)


def shared(view: View, accounts: NDArray[np.int64], end: int) -> list[tuple[ShownObject, ...]]:
    """What each of `accounts` (rows) shows that others show as well, as of `end` (ms), the rarest first."""
    parts = [_shown(table, accounts, end) for table in (view.words, view.means)]
    account, members, requests, kinds, keys = (
        np.concatenate([part[at] for part in parts]) for at in range(len(parts[0]))
    )
    order = np.lexsort((keys, -requests, members, account))
    first = np.searchsorted(account[order], np.arange(len(accounts) + 1))
    kept = order[np.arange(len(order)) - first[account[order]] < EACH]
    out: list[list[ShownObject]] = [[] for _ in range(len(accounts))]
    columns = (column[kept].tolist() for column in (account, keys, kinds, requests, members))
    for at, key, kind, count, number in zip(*columns, strict=True):
        out[at].append(ShownObject(_id(kind, key), KINDS[kind], count, number))
    return [tuple(some) for some in out]


def infrastructure(view: View, members: NDArray[np.int64], end: int) -> tuple[ShownObject, ...]:
    """Networks, clients, devices and payments of `members` (rows), by their requests."""
    found = incidence(view.means, members, None, end // DAY, _ONCE)
    requests = np.bincount(found.object, found.count, minlength=len(found.rows)).astype(np.int64)
    order = np.lexsort((found.keys, -requests))[:INFRASTRUCTURE]
    return tuple(
        ShownObject(
            _id(int(found.kinds[at]), int(found.keys[at])),
            KINDS[found.kinds[at]],
            int(requests[at]),
            int(found.members[at]),
        )
        for at in order
    )


def population_of(table: PopulationTable, object_id: str) -> int | None:
    """The row of an object's population; None where it was forgotten."""
    kind, _, key = object_id.rpartition(":")
    groups = table.groups
    found = np.flatnonzero(groups["key"] == np.uint64(int(key, 16)))
    rows = found[groups["kind"][found] == KINDS.index(kind)]
    return int(rows[0]) if len(rows) else None


def _shown(
    table: PopulationTable, accounts: NDArray[np.int64], end: int
) -> tuple[NDArray[np.int64] | NDArray[np.uint64], ...]:
    found: Incidence = incidence(table, accounts, None, end // DAY, _ONCE)
    of = found.object
    return found.account, found.members[of], found.count, found.kinds[of], found.keys[of]


def _id(kind: int, key: int) -> str:
    return f"{KINDS[kind]}:{key:016x}"
