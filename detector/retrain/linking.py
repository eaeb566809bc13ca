"""Confirmed accounts that do the same work are one campaign, whoever judged them and one by one.

Rows of one campaign must not be split between fitting and testing, and an analyst names campaigns rarely.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.dataset import TrainingSet

_OWN: Final = 0.5
"""Share of a population's accounts, or more, that must be confirmed for it to link them."""
_PART: Final = 0.25
"""Share of an account's requests that must be in the population."""


def linked(rows: TrainingSet, groups: NDArray[np.str_], attack: NDArray[np.bool_]) -> NDArray[np.str_]:
    """Groups of accounts by number: those of `attack` with a group or suspicious work in common share one."""
    last = np.repeat(rows.final, rows.part_counts)
    member = np.repeat(rows.accounts, rows.part_counts)[last]
    parts = rows.parts[last]
    confirmed = attack[member] & (parts["share"] >= _PART)
    places, of = np.unique(parts["population"], return_inverse=True)
    own = np.bincount(of, attack[member], len(places)) >= _OWN * np.bincount(of, None, len(places))
    joins = confirmed & own[of]
    names, named = np.unique(groups, return_inverse=True)
    accounts = len(groups)
    # Accounts, then groups, then populations, are the nodes of one graph.
    source = np.concatenate([np.flatnonzero(attack), member[joins]])
    target = np.concatenate([accounts + named[attack], accounts + len(names) + of[joins]])
    size = accounts + len(names) + len(places)
    graph = coo_array((np.ones(len(source)), (source, target)), shape=(size, size))
    _, component = connected_components(graph, directed=False)
    return _first_name(groups, component[:accounts], attack)


def _first_name(
    groups: NDArray[np.str_], component: NDArray[np.int32], attack: NDArray[np.bool_]
) -> NDArray[np.str_]:
    out = groups.copy()
    where = np.flatnonzero(attack)
    order = where[np.lexsort((groups[where], component[where]))]
    _, first, back = np.unique(component[order], return_index=True, return_inverse=True)
    out[order] = groups[order][first][back]
    return out
