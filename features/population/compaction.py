"""Forgetting what was not shown for long: old objects, populations and memberships leave their tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from features.population.layout import FREE

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HOURS: Final = 24


def kept_objects(slots: NDArray[np.void], before_day: int) -> NDArray[np.void]:
    """The objects in `slots` that were shown on `before_day` or later; a population is as its last member."""
    return np.compress((slots["key"] != 0) & (slots["hour"] >= before_day * _HOURS), slots)


def newest_objects(slots: NDArray[np.void], most_lone: int) -> NDArray[np.void]:
    """The objects in `slots`; of more than `most_lone` that are no populations, the half last shown."""
    kept = np.compress(slots["key"] != 0, slots)
    lone = np.flatnonzero(kept["row"] == FREE)
    if len(lone) <= most_lone:
        return kept
    stays = kept["row"] != FREE
    stays[lone[_last(kept["hour"][lone], kept["key"][lone], most_lone // 2)]] = True
    return np.compress(stays, kept)


def _last(hours: NDArray[np.int32], keys: NDArray[np.uint64], count: int) -> NDArray[np.int64]:
    """The `count` latest; of one hour those of the highest keys, for places depend on the table's size."""
    first = len(hours) - count
    oldest = np.partition(hours, first)[first]
    later, level = np.flatnonzero(hours > oldest), np.flatnonzero(hours == oldest)
    by_key = np.argpartition(keys[level], len(later) - count)
    return np.concatenate([later, level[by_key[len(later) - count :]]])


def kept_edges(edges: NDArray[np.void], before_day: int) -> NDArray[np.void]:
    """Memberships that were used on `before_day` or later, of populations that were not dropped."""
    return np.compress((edges["population"] != FREE) & (edges["day"] >= before_day), edges)


def renumbered(rows: int, kept: NDArray[np.int32]) -> NDArray[np.int32]:
    """New numbers of `rows` populations, of which `kept` stay in their order; FREE where one does not."""
    out = np.full(rows, FREE, dtype=np.int32)
    out[np.sort(kept)] = np.arange(len(kept), dtype=np.int32)
    return out
