"""Traffic under labels: who was judged teaches what was said, who was not stands for ordinary use.

Nothing is learnt from what the champion suspects and nobody judged: it would teach the champion's own
mistakes, or be taught by whoever it should have caught.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from detector.retrain.facts import UNKNOWN
from detector.retrain.labelled import with_last
from detector.retrain.labels import CLASS
from detector.retrain.linking import linked
from models.dataset import Examples
from models.scorer import BENIGN, DISTILLATION, LABELS, RELAY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from detector.retrain.judging import Judged
    from detector.retrain.labelled import Labelled
    from detector.retrain.labels import Label
    from models.dataset import PopulationSet, TrainingSet

KNOWN: Final = "verdict: known"
"""Kind of confirmed accounts that the champion alerts."""
MISSED: Final = "verdict: missed"
"""Kind of those that it does not: they count like a family of their own."""
CLEARED: Final = "verdict: cleared"
RESOLD: Final = "verdict: relay"
JUDGED: Final = (KNOWN, MISSED, CLEARED, RESOLD)
"""Kinds of accounts that somebody judged."""
ORDINARY: Final = "unlabelled"
_UNTAUGHT: Final = -1
_CLEARLY: Final = 0.8
"""Share of a population's requests that confirmed accounts make, where it is an attack."""
_WORK: Final = 0.25
"""Share of their own requests that it then is."""


@dataclass(frozen=True, slots=True)
class Presumption:
    """What is taken for ordinary use without a word from anybody."""

    below: float = 0.2
    """the champion's highest score of the account is under this"""
    weight: float = 0.1
    """beside an account that was judged"""


@dataclass(frozen=True, slots=True)
class _Accounts:
    """By account number."""

    classes: NDArray[np.int64]
    """BENIGN, RELAY, DISTILLATION or `_UNTAUGHT`"""
    weights: NDArray[np.float64]
    since: NDArray[np.int64]
    until: NDArray[np.int64]
    """ms: when it was said; of what came later nothing was"""
    kinds: NDArray[np.str_]
    groups: NDArray[np.str_]


def relabelled(
    traffic: Labelled,
    labels: Mapping[str, Label],
    champion: Judged,
    presumption: Presumption,
    factors: NDArray[np.float64] | None = None,
    until: int | None = None,
) -> Labelled:
    """The rows of `traffic` that teach, under `labels` by account id; whatever they were labelled before.

    `factors`, shape (accounts,), cut what an account counts. Rows that end after `until` (ms) are left out,
    and so are those of an accused account that end before the accusation holds, and those
    of a judged one that end after it was judged.
    """
    accounts = _judged(traffic, labels, champion, presumption)
    if factors is not None:
        accounts = replace(accounts, weights=accounts.weights * factors)
    rows = traffic.examples.accounts
    number = rows.accounts
    kept = accounts.classes[number] != _UNTAUGHT
    kept &= (accounts.classes[number] != DISTILLATION) | (traffic.ends >= accounts.since[number])
    kept &= traffic.ends <= accounts.until[number]
    if until is not None:
        kept &= traffic.ends <= until
    populations = _populations(rows, traffic.examples.populations, accounts)
    said = replace(
        rows, labels=accounts.classes[number], kinds=accounts.kinds[number],
        groups=accounts.groups[number], importance=accounts.weights[number],
    )  # fmt: skip
    return with_last(replace(traffic, examples=Examples(said, populations)).take(kept))


def _judged(
    traffic: Labelled, labels: Mapping[str, Label], champion: Judged, presumption: Presumption
) -> _Accounts:
    names = traffic.names
    ordinary = champion.peak < presumption.below
    classes = np.where(ordinary, BENIGN, _UNTAUGHT).astype(np.int64)
    weights = np.full(len(names), presumption.weight)
    since = np.zeros(len(names), dtype=np.int64)
    said = np.full(len(names), np.iinfo(np.int64).max)
    kinds = np.full(len(names), ORDINARY, dtype=object)
    groups = np.where(traffic.facts.org == UNKNOWN, names, traffic.facts.org).astype(object)
    at = {str(name): number for number, name in enumerate(names.tolist())}
    for account, label in labels.items():
        number = at.get(account)
        if number is None:
            continue
        classes[number] = CLASS.get(label.label, _UNTAUGHT)
        weights[number], since[number], said[number] = label.weight, label.since, label.time
        kinds[number] = _kind(label, alerted=bool(champion.alerted[number]))
        groups[number] = label.group or groups[number]
    attack = classes == DISTILLATION
    groups[attack] = linked(traffic.examples.accounts, groups.astype(str), attack)[attack]
    return _Accounts(classes, weights, since, said, kinds.astype(str), groups.astype(str))


def _kind(label: Label, *, alerted: bool) -> str:
    if label.label == LABELS[DISTILLATION]:
        return KNOWN if alerted else MISSED
    return RESOLD if label.label == LABELS[RELAY] else CLEARED


def _populations(rows: TrainingSet, found: PopulationSet, accounts: _Accounts) -> PopulationSet:
    """Each population as its members are; where those are not of one kind, it teaches nothing.

    Nobody judged its requests: a confirmed account has ordinary requests as well, and so does a wording that
    confirmed accounts use a little, or share with many.
    """
    last = np.repeat(rows.final, rows.part_counts)
    parts = rows.parts[last]
    member = np.repeat(rows.accounts, rows.part_counts)[last]
    of, size = found.populations[parts["population"]], int(found.populations.max(initial=-1)) + 1
    classes, counts = accounts.classes[member], parts["count"].astype(np.float64)

    def total(values: NDArray[np.float64], one: int | None = None) -> NDArray[np.float64]:
        chosen = slice(None) if one is None else classes == one
        sums: NDArray[np.float64] = np.bincount(of[chosen], values[chosen], size).astype(np.float64)
        return sums

    attack, relay, untaught = (total(counts, one) for one in (DISTILLATION, RELAY, _UNTAUGHT))
    taught = total(counts) - untaught
    work = total(counts * parts["share"], DISTILLATION)
    attacks = (attack > 0) & (attack >= _CLEARLY * taught) & (work >= _WORK * attack)
    clear = (untaught <= taught) & (attacks | (attack == 0))
    labels = np.where(attacks, DISTILLATION, np.where(2 * relay > taught, RELAY, BENIGN))
    mass = total(counts * np.where(classes == _UNTAUGHT, 0.0, accounts.weights[member]))
    weights = np.where(clear, mass / np.maximum(taught, 1), 0.0)
    kinds, groups = _belonging(of, member, parts["count"], accounts, size)
    at = found.populations
    return replace(found, labels=labels[at], importance=weights[at], kinds=kinds[at], groups=groups[at])


def _belonging(
    of: NDArray[np.int64],
    member: NDArray[np.int64],
    counts: NDArray[np.int32],
    accounts: _Accounts,
    size: int,
) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    """Kind and group of each population: those of its busiest attacker, or its own."""
    kinds = np.full(size, ORDINARY, dtype=object)
    groups = np.array([f"population-{number}" for number in range(size)], dtype=object)
    attack = np.flatnonzero(accounts.classes[member] == DISTILLATION)
    order = attack[np.lexsort((member[attack], counts[attack]))]
    kinds[of[order]] = accounts.kinds[member[order]]
    groups[of[order]] = accounts.groups[member[order]]
    return kinds.astype(str), groups.astype(str)
