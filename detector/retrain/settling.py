"""Several statements about one account become one, and what they disagreed on is told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from detector.retrain.labels import Label

HALF_LIFE: Final = 90 * 86_400_000
"""ms in which a statement loses half of its say against newer ones"""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Statements about one account that do not agree."""

    account_id: str
    taken: Label
    against: tuple[Label, ...]
    """those that say something else, the weightiest first"""


@dataclass(frozen=True, slots=True)
class Settled:
    """One statement for each account."""

    labels: Mapping[str, Label]
    """by account, in order of their ids"""
    conflicts: tuple[Conflict, ...]


def settle(labels: Iterable[Label]) -> Settled:
    """Take for each account what most weight says, newer statements counting for more.

    Of one author only the last word counts. Where statements disagree, what is taken loses the share of the
    weight that spoke against it. The order of `labels` does not matter.
    """
    found: dict[str, Label] = {}
    conflicts = []
    ordered = sorted(labels, key=lambda label: (label.account_id, label.author, label.source, label.time))
    for account, said in groupby(ordered, key=lambda label: label.account_id):
        taken, against = _one(list(said))
        found[account] = taken
        if against:
            conflicts.append(Conflict(account, taken, against))
    return Settled(found, tuple(conflicts))


def _one(said: Sequence[Label]) -> tuple[Label, tuple[Label, ...]]:
    last = {label.author: label for label in sorted(said, key=_order)}
    newest = max(label.time for label in last.values())
    say = {
        author: label.weight * 0.5 ** ((newest - label.time) / HALF_LIFE) for author, label in last.items()
    }
    sums: dict[str, float] = {}
    for author in sorted(last):
        sums[last[author].label] = sums.get(last[author].label, 0.0) + say[author]
    won = max(sums, key=lambda name: (sums[name], name))
    ranked = sorted(last.values(), key=lambda label: (say[label.author], label.author), reverse=True)
    taken = next(label for label in ranked if label.label == won)
    against = tuple(label for label in ranked if label.label != won)
    agreed = sums[won] / sum(sums.values())
    return replace(taken, weight=taken.weight * agreed), against


def _order(label: Label) -> tuple[int, float, str]:
    return label.time, label.weight, label.label
