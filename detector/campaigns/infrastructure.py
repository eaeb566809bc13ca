"""What groups are run with: joins groups that agree in it, and accounts that words do not link."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from detector.campaigns.carriers import exclusiveness
from detector.campaigns.components import joined, sizes, tally
from detector.campaigns.kinds import is_of
from features.population.layout import KINDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detector.campaigns.incidence import Incidence
    from detector.campaigns.rules import LinkRules


class _Held(NamedTuple):
    """Groups and the objects that many of their accounts show."""

    group: NDArray[np.int64]
    object: NDArray[np.int64]
    kind: NDArray[np.int64]
    own: NDArray[np.float64]
    """exclusiveness of the object"""

    def at(self, kept: NDArray[np.bool_] | NDArray[np.int64]) -> _Held:
        return _Held(self.group[kept], self.object[kept], self.kind[kept], self.own[kept])


def agreed(
    parts: NDArray[np.int64], whole: NDArray[np.int64], tools: Incidence, rules: LinkRules
) -> NDArray[np.int64]:
    """Join the parts of a whole that are run the same way; all of shape (accounts,)."""
    held = _held(parts, tools, rules)
    held = held.at(is_of(held.kind, rules.agreeing) & (sizes(parts)[held.group] > 1))
    of_part = np.zeros(int(parts.max(initial=-1)) + 1, dtype=np.int64)
    of_part[parts] = whole
    node = of_part[held.group] * len(tools.rows) + held.object
    return joined(parts, held.group, node)


def united(labels: NDArray[np.int64], tools: Incidence, rules: LinkRules) -> NDArray[np.int64]:
    """Join groups by an exclusive object of a strong kind, or by two exclusive ones of different kinds."""
    held = _held(labels, tools, rules)
    held = held.at(held.own >= rules.exclusive_pair)
    alone = (held.own >= rules.exclusive_alone) & (tools.covered()[held.object] >= rules.least_alone)
    strong = held.at(alone & is_of(held.kind, rules.alone))
    weak = _for_loose(held.at(alone & is_of(held.kind, rules.loose)), sizes(labels))
    left, right = _pairs(_most_exclusive(held, tools.keys, rules.per_kind))
    things = len(tools.rows)
    both = things + left.object * things + right.object
    group = np.concatenate([strong.group, weak.group, left.group])
    return joined(labels, group, np.concatenate([strong.object, weak.object, both]))


def _held(labels: NDArray[np.int64], tools: Incidence, rules: LinkRules) -> _Held:
    group, thing, number = tally(labels, tools.account, tools.object)
    common = number >= rules.common_share * sizes(labels)[group]
    group, thing = group[common], thing[common]
    return _Held(group, thing, tools.kinds[thing], exclusiveness(tools)[thing])


def _for_loose(held: _Held, size: NDArray[np.int64]) -> _Held:
    """Pairs that join lone accounts with each other, and with a group where only one shows the object."""
    lone = size[held.group] < 2  # noqa: PLR2004 - a group of one
    groups = np.bincount(held.object[~lone], minlength=int(held.object.max(initial=-1)) + 1)
    return held.at(lone | (groups[held.object] == 1))


def _most_exclusive(held: _Held, keys: NDArray[np.uint64], most: int) -> _Held:
    """The first few objects of each group and kind."""
    order = np.lexsort((keys[held.object], -held.own, held.kind, held.group))
    held = held.at(order)
    new = np.flatnonzero(np.diff(held.group * len(KINDS) + held.kind, prepend=-1))
    rank = np.arange(len(order)) - np.repeat(new, np.diff(new, append=len(order)))
    return held.at(rank < most)


def _pairs(held: _Held) -> tuple[_Held, _Held]:
    """All pairs of a group's objects that are of different kinds, the smaller object first."""
    order = np.lexsort((held.object, held.group))
    held = held.at(order)
    last = np.searchsorted(held.group, held.group, side="right")
    after = last - np.arange(len(order)) - 1
    left = np.repeat(np.arange(len(order)), after)
    right = left + 1 + np.arange(len(left)) - np.repeat(np.cumsum(after) - after, after)
    differ = held.kind[left] != held.kind[right]
    return held.at(left[differ]), held.at(right[differ])
