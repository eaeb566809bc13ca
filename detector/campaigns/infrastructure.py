"""What groups are run with: joins groups that agree in it, and accounts that words do not link."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from detector.campaigns.components import joined, sizes, tally
from detector.campaigns.kinds import is_of
from detector.campaigns.measures import is_common, share_of
from features.population.layout import KINDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detector.campaigns.incidence import Incidence
    from detector.campaigns.rules import LinkRules


class Held(NamedTuple):
    """Pairs of a group and an object that many of its accounts show."""

    group: NDArray[np.int64]
    object: NDArray[np.int64]
    key: NDArray[np.uint64]
    """of the object, and so its kind and the next two"""
    kind: NDArray[np.int64]
    covered: NDArray[np.int64]
    """covered accounts that show it, in this group or not"""
    own: NDArray[np.float64]
    """exclusiveness of the object"""
    size: NDArray[np.int64]
    """accounts of the group"""

    def at(self, kept: NDArray[np.bool_] | NDArray[np.int64]) -> Held:
        """Some of the pairs."""
        return Held._make(column[kept] for column in self)


def agreed(
    parts: NDArray[np.int64], whole: NDArray[np.int64], tools: Incidence, rules: LinkRules
) -> NDArray[np.int64]:
    """Join the parts of a whole that are run the same way; all of shape (accounts,)."""
    pairs = held(parts, tools, rules)
    pairs = pairs.at(is_of(pairs.kind, rules.agreeing) & (pairs.size > 1))
    of_part = np.zeros(int(parts.max(initial=-1)) + 1, dtype=np.int64)
    of_part[parts] = whole
    node = of_part[pairs.group] * len(tools.rows) + pairs.object
    return joined(parts, pairs.group, node)


def united(labels: NDArray[np.int64], tools: Incidence, rules: LinkRules) -> NDArray[np.int64]:
    """Join groups by an exclusive object of a strong kind, or by two exclusive ones of different kinds."""
    pairs = held(labels, tools, rules)
    one = alone(pairs, rules)
    left, right = together(pairs, rules)
    things = len(tools.rows)
    both = things + left.object * things + right.object
    group = np.concatenate([one.group, left.group])
    return joined(labels, group, np.concatenate([one.object, both]))


def held(labels: NDArray[np.int64], tools: Incidence, rules: LinkRules) -> Held:
    """What speaks for the groups `labels`, shape (accounts,)."""
    covered = tools.covered()
    group, thing, number = tally(labels, tools.account, tools.object)
    size = sizes(labels)[group]
    common = is_common(number, size, rules)
    group, thing, size = group[common], thing[common], size[common]
    shared, own = covered[thing], share_of(covered, tools.members)[thing]
    return Held(group, thing, tools.keys[thing], tools.kinds[thing], shared, own, size)


def alone(pairs: Held, rules: LinkRules) -> Held:
    """Pairs of which the object links alone; all pairs of an object must be there."""
    least = (pairs.own >= rules.exclusive_alone) & (pairs.covered >= rules.least_alone)
    pairs = pairs.at(least & (pairs.own >= rules.exclusive_pair))
    strong, weak = pairs.at(is_of(pairs.kind, rules.alone)), pairs.at(is_of(pairs.kind, rules.loose))
    loose = _for_loose(weak)
    return Held._make(np.concatenate(columns) for columns in zip(strong, loose, strict=True))


def together(pairs: Held, rules: LinkRules) -> tuple[Held, Held]:
    """Pairs that link two by two, the smaller object first; all pairs of a group must be there."""
    return _pairs(_most_exclusive(pairs.at(pairs.own >= rules.exclusive_pair), rules.per_kind))


def _for_loose(pairs: Held) -> Held:
    """Pairs that join lone accounts with each other, and with a group where only one shows the object."""
    lone = pairs.size < 2  # noqa: PLR2004 - a group of one
    groups = np.bincount(pairs.object[~lone], minlength=int(pairs.object.max(initial=-1)) + 1)
    return pairs.at(lone | (groups[pairs.object] == 1))


def _most_exclusive(pairs: Held, most: int) -> Held:
    """The first few objects of each group and kind."""
    order = np.lexsort((pairs.key, -pairs.own, pairs.kind, pairs.group))
    pairs = pairs.at(order)
    new = np.flatnonzero(np.diff(pairs.group * len(KINDS) + pairs.kind, prepend=-1))
    rank = np.arange(len(order)) - np.repeat(new, np.diff(new, append=len(order)))
    return pairs.at(rank < most)


def _pairs(pairs: Held) -> tuple[Held, Held]:
    """All pairs of a group's objects that are of different kinds, the smaller object first."""
    order = np.lexsort((pairs.object, pairs.group))
    pairs = pairs.at(order)
    last = np.searchsorted(pairs.group, pairs.group, side="right")
    after = last - np.arange(len(order)) - 1
    left = np.repeat(np.arange(len(order)), after)
    right = left + 1 + np.arange(len(left)) - np.repeat(np.cumsum(after) - after, after)
    differ = pairs.kind[left] != pairs.kind[right]
    return pairs.at(left[differ]), pairs.at(right[differ])
