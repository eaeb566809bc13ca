"""Members of a campaign, put together where they show the same shared objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detector.campaigns.campaign import Campaign

MOST_OBJECTS: Final = 8
MOST_PATTERNS: Final = 7


@dataclass(frozen=True, slots=True)
class Tie:
    """What some members have to do with one object."""

    shared: int
    """position in `Campaign.evidence`"""
    members: int
    """of them, how many show it"""
    requests: int
    """of theirs that show it"""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Members that show the same objects, or what is left of them."""

    account: str | None
    """its id where it is a single one"""
    members: int
    requests: int
    """that show what is shared most of it; those of all objects overlap"""
    ties: tuple[Tie, ...]
    is_mixed: bool = False
    """what is left: they show some of these objects each, not all of them"""


def patterns(campaign: Campaign, names: pd.Index[str], links: pd.DataFrame) -> list[Pattern]:
    """At most MOST_PATTERNS + 1 groups of the members `names`, the largest first, those left over last.

    Of the evidence the first MOST_OBJECTS count. Where nobody kept who shows what, all are one group.
    """
    if links.empty:
        return [_unknown(campaign, names)]
    shown = _table(campaign, names, links)
    masks = (shown > 0) @ (1 << np.arange(shown.shape[1]))
    found, at, counts = np.unique(masks, return_inverse=True, return_counts=True)
    order = np.lexsort((found, -counts))
    kept, rest = order[:MOST_PATTERNS], order[MOST_PATTERNS:]
    groups = [_pattern(shown, names, at == one) for one in kept]
    if len(rest):
        groups.append(_pattern(shown, names, np.isin(at, rest), is_mixed=len(rest) > 1))
    return groups


def _table(campaign: Campaign, names: pd.Index[str], links: pd.DataFrame) -> NDArray[np.int64]:
    """Requests by member and object, shape (members, objects)."""
    places = {shared.object_id: at for at, shared in enumerate(campaign.evidence[:MOST_OBJECTS])}
    rows = names.get_indexer(pd.Index(links["account_id"]))
    columns = links["object"].map(places).fillna(-1).to_numpy(np.int64)
    known = (rows >= 0) & (columns >= 0)
    table = np.zeros((len(names), len(places)), dtype=np.int64)
    np.add.at(table, (rows[known], columns[known]), links["requests"].to_numpy(np.int64)[known])
    return table


def _pattern(
    table: NDArray[np.int64], names: pd.Index[str], chosen: NDArray[np.bool_], *, is_mixed: bool = False
) -> Pattern:
    shown, some = table[chosen], names[chosen]
    ties = tuple(
        Tie(at, int((shown[:, at] > 0).sum()), int(shown[:, at].sum()))
        for at in np.flatnonzero(shown.any(axis=0)).tolist()
    )
    account = str(some[0]) if len(some) == 1 else None
    return Pattern(account, len(some), int(shown.max(axis=1, initial=0).sum()), ties, is_mixed)


def _unknown(campaign: Campaign, names: pd.Index[str]) -> Pattern:
    ties = tuple(
        Tie(at, shared.members, shared.requests) for at, shared in enumerate(campaign.evidence[:MOST_OBJECTS])
    )
    account = str(names[0]) if len(names) == 1 else None
    return Pattern(account, len(names), campaign.requests, ties)
