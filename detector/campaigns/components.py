"""Connected components of accounts and what they share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from numpy.typing import NDArray


def joined(labels: NDArray[np.int64], group: NDArray[np.int64], node: NDArray[np.int64]) -> NDArray[np.int64]:
    """Join the groups that meet in a node; `group` and `node` are pairs. Returns new `labels`, from 0 up."""
    if len(group) == 0:
        return ranked(labels)
    groups = int(labels.max()) + 1
    _, place = np.unique(node, return_inverse=True)
    size = groups + int(place.max()) + 1
    pairs = coo_array((np.ones(len(group), dtype=np.int8), (group, groups + place)), shape=(size, size))
    _, found = connected_components(pairs, directed=False)
    return ranked(found[labels].astype(np.int64))


def ranked(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """The same groups, numbered from 0 up in the order in which they first occur."""
    _, first, place = np.unique(labels, return_index=True, return_inverse=True)
    order = np.empty(len(first), dtype=np.int64)
    order[np.argsort(first)] = np.arange(len(first))
    return order[place]


def sizes(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Accounts of each group, shape (groups,)."""
    return np.bincount(labels)


def tally(
    labels: NDArray[np.int64], account: NDArray[np.int64], thing: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Of pairs of an account and a thing: each group, each of its things, and how many accounts show it.

    An account shows a thing once. Ordered by group, then by thing.
    """
    span = int(thing.max()) + 1 if len(thing) else 1
    both, number = np.unique(labels[account] * span + thing, return_counts=True)
    return both // span, both % span, number
