"""Forgetting what was not shown for long: old objects, populations and memberships leave their tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from features.population.layout import EDGE, FREE, SLOT
from features.population.members import STEADY

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HOURS: Final = 24


def kept_objects(slots: NDArray[np.void], before_day: int) -> NDArray[np.void]:
    """The objects in `slots` that were shown on `before_day` or later; a population is as its last member."""
    kept: NDArray[np.void] = slots[(slots["key"] != 0) & (slots["hour"] >= before_day * _HOURS)]
    return kept


def newest_objects(slots: NDArray[np.void], lone: int) -> NDArray[np.void]:
    """The populations in `slots`, and as many as `lone` of the other objects, the last shown ones."""
    kept: NDArray[np.void] = slots[slots["key"] != 0]
    alone = np.flatnonzero(kept["row"] == FREE)
    if len(alone) <= lone:
        return kept
    # of one hour, by key: places depend on the size of the table
    oldest_first = alone[np.lexsort((kept["key"][alone], kept["hour"][alone]))]
    return np.asarray(np.delete(kept, oldest_first[: len(alone) - lone]), dtype=SLOT)


def kept_edges(edges: NDArray[np.void], before_day: int) -> NDArray[np.void]:
    """Memberships that were used on `before_day` or later, of populations that were not dropped."""
    kept: NDArray[np.void] = edges[(edges["population"] != FREE) & (edges["day"] >= before_day)]
    return np.asarray(kept, dtype=EDGE)


def recount(groups: NDArray[np.void], edges: NDArray[np.void]) -> None:
    """Count the members of `groups` anew from their `edges`, in place, and take them off their lists."""
    population, count = edges["population"], edges["count"].astype(np.int64)
    for name, values in (
        ("members", np.ones_like(count)),
        ("steady", count >= STEADY),
        ("events", count),
        ("squares", count * count),
    ):
        total = np.zeros(len(groups), dtype=np.int64)
        np.add.at(total, population, values)
        groups[name] = total
    groups["most"] = 0
    np.maximum.at(groups["most"], population, edges["count"])
    groups["edge"] = FREE


def renumbered(rows: int, kept: NDArray[np.int32]) -> NDArray[np.int32]:
    """New numbers of `rows` populations, of which `kept` stay in their order; FREE where one does not."""
    out = np.full(rows, FREE, dtype=np.int32)
    out[np.sort(kept)] = np.arange(len(kept), dtype=np.int32)
    return out
