"""Snapshots of accounts and populations as they grow, with what was true of them by then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from detector.belonging import Edges, Known, belonging, majority
from features.account.vector import vectors as account_vectors
from features.population.attachment import parts_of
from features.population.growth import reserved
from features.population.layout import FREE
from features.population.vector import vectors as population_vectors
from models.dataset import Examples, PopulationSet, TrainingSet
from models.scorer import DISTILLATION

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detector.ledger import Ledger, Tick
    from detector.truth import WorldTruth

FIRST_ACCOUNT: Final = 2
"""Requests at an account's first snapshot; every next one is at twice as many, and one is at the end."""
FIRST_POPULATION: Final = 4
"""The same of populations."""


class _TakenPopulations(NamedTuple):
    populations: NDArray[np.int64]
    vectors: NDArray[np.float64]
    members: NDArray[np.int64]
    shares: NDArray[np.int64]


class _Taken(NamedTuple):
    accounts: NDArray[np.int64]
    vectors: NDArray[np.float64]
    events: NDArray[np.int64]
    counts: NDArray[np.int64]
    parts: NDArray[np.void]
    end: int


class Milestones:
    """When which row is to be looked at next: whenever its count has doubled."""

    def __init__(self, first: int) -> None:
        self._first = first
        self._next: NDArray[np.int64] = np.zeros(0, dtype=np.int64)

    def passed(self, rows: NDArray[np.int64], counts: NDArray[np.int32], known: int) -> NDArray[np.int64]:
        """Those of `rows`, which have these `counts`, that passed a milestone, of `known` rows in all."""
        self._next = reserved(self._next, known, self._first)
        over = counts >= self._next[rows]
        found, reached = rows[over], counts[over]
        while (behind := self._next[found] <= reached).any():
            self._next[found[behind]] *= 2
        return found


class PopulationSnapshots:
    """Collects vectors of populations; remembers the latest one of each, by its number."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._due = Milestones(FIRST_POPULATION)
        self._taken: list[_TakenPopulations] = []
        self._count = 0
        self.latest: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._shares: NDArray[np.int64] = np.zeros((0, 3), dtype=np.int64)

    def observe(self, tick: Tick, classes: NDArray[np.int64]) -> None:
        """Count what a tick's events are part of (`classes`, shape (events,)), and snapshot what grew."""
        self._reserve()
        events, kinds = np.nonzero(tick.shared != FREE)
        np.add.at(self._shares, (tick.shared[events, kinds], classes[events]), 1)
        groups = self._ledger.words.groups
        requests = groups["events"][tick.populations]
        self._take(self._due.passed(tick.populations, requests, len(groups)))

    def finish(self) -> None:
        """Snapshot every population at the end of the log."""
        self._reserve()
        self._take(np.arange(len(self._ledger.words)))

    def label(self, truth: WorldTruth) -> PopulationSet:
        """The snapshots under what most of their requests were by then."""
        population = np.concatenate([taken.populations for taken in self._taken])
        shares = np.concatenate([taken.shares for taken in self._taken])
        kinds, groups = _belonging(self._ledger, truth)
        return PopulationSet(
            np.concatenate([taken.vectors for taken in self._taken]), majority(shares), population,
            np.concatenate([taken.members for taken in self._taken]),
            kinds[population], groups[population], np.ones(len(population)),
        )  # fmt: skip

    def _take(self, populations: NDArray[np.int64]) -> None:
        words, accounts = self._ledger.words, self._ledger.accounts.rows
        found = population_vectors(words, accounts, populations)
        members = words.groups["members"][populations].astype(np.int64)
        self._taken.append(_TakenPopulations(populations, found, members, self._shares[populations]))
        self.latest[populations] = np.arange(self._count, self._count + len(populations))
        self._count += len(populations)

    def _reserve(self) -> None:
        populations = len(self._ledger.words)
        self.latest = reserved(self.latest, populations, FREE)
        self._shares = reserved(self._shares, populations)


class Snapshots:
    """Collects vectors of a ledger's accounts, and of the populations that they are part of."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._due = Milestones(FIRST_ACCOUNT)
        self._populations = PopulationSnapshots(ledger)
        self._taken: list[_Taken] = []

    def observe(self, tick: Tick, classes: NDArray[np.int64]) -> None:
        """Snapshot what a tick made pass a milestone; `classes` are what its events are part of."""
        self._populations.observe(tick, classes)
        accounts = self._ledger.accounts
        total = accounts.rows["total"][tick.accounts]
        self._take(self._due.passed(tick.accounts, total, len(accounts)), tick.end)

    def finish(self, end: int) -> None:
        """Snapshot everything at the end of the log."""
        self._populations.finish()
        self._take(np.arange(len(self._ledger.accounts)), end)

    def label(self, truth: WorldTruth) -> tuple[Examples, NDArray[np.int64]]:
        """Training rows: snapshots under what was true by then; and ends of the ticks of accounts', ms."""
        account = np.concatenate([taken.accounts for taken in self._taken])
        end = np.concatenate([np.full(len(taken.accounts), taken.end) for taken in self._taken])
        final = np.concatenate([np.full(len(t.accounts), t is self._taken[-1]) for t in self._taken])
        known = truth.of(self._ledger.accounts.names)
        # What an account had done before its first request of a campaign teaches nothing of either class.
        told = (known.labels[account] != DISTILLATION) | (end >= known.attack_from[account])
        rows = TrainingSet(
            np.concatenate([taken.vectors for taken in self._taken]),
            np.concatenate([taken.events for taken in self._taken]),
            known.labels[account], account, final, known.kinds[account], known.groups[account],
            np.ones(len(account)),
            np.concatenate([taken.counts for taken in self._taken]),
            np.concatenate([taken.parts for taken in self._taken]),
        )  # fmt: skip
        return Examples(rows.take(told), self._populations.label(truth)), end[told]

    def _take(self, accounts: NDArray[np.int64], end: int) -> None:
        rows = self._ledger.accounts.rows
        counts, parts = parts_of(self._ledger.words, rows["total"], accounts)
        named = self._populations.latest[parts["population"]]
        # A population that has no snapshot yet is not scored yet either.
        scored = named != FREE
        of = np.repeat(np.arange(len(accounts)), counts)[scored]
        parts = parts[scored]
        parts["population"] = named[scored]
        self._taken.append(
            _Taken(
                accounts, account_vectors(rows, accounts), rows["total"][accounts].astype(np.int64),
                np.bincount(of, minlength=len(accounts)), parts, end,
            )
        )  # fmt: skip


def _belonging(ledger: Ledger, truth: WorldTruth) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    words, known = ledger.words, truth.of(ledger.accounts.names)
    used = words.edges[words.edges["population"] != FREE]
    edges = Edges(used["account"].astype(np.int64), used["population"].astype(np.int64), used["count"])
    return belonging(words.groups["key"], edges, Known(known.labels, known.kinds, known.groups))
