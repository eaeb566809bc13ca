"""Snapshots of accounts and populations as they grow, with what was true of them by then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from features.account.vector import vectors as account_vectors
from features.population.attachment import parts_of
from features.population.growth import reserved
from features.population.layout import FREE
from features.population.vector import vectors as population_vectors
from models.dataset import Examples, PopulationSet, TrainingSet
from models.scorer import BENIGN, DISTILLATION, RELAY

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
        total = np.maximum(shares.sum(axis=1), 1)
        labels = np.where(
            2 * shares[:, DISTILLATION] > total,
            DISTILLATION,
            np.where(2 * shares[:, RELAY] > total, RELAY, BENIGN),
        )
        kinds, groups = _belonging(self._ledger, truth)
        return PopulationSet(
            np.concatenate([taken.vectors for taken in self._taken]), labels, population,
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

    def label(self, truth: WorldTruth) -> Examples:
        """Training rows: the snapshots under what was true by then."""
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
        return Examples(rows.take(told), self._populations.label(truth))

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
    """Of each population: kind and group. A campaign's where one has a part in it, else its own.

    The kind is that of the accounts that make most of its requests.
    """
    words, known = ledger.words, truth.of(ledger.accounts.names)
    edges = words.edges[words.edges["population"] != FREE]
    attack = known.labels[edges["account"]] == DISTILLATION
    groups: NDArray[np.object_] = np.char.add("population-", words.groups["key"].astype(str)).astype(object)
    campaign = _largest(edges[attack], known.groups[edges["account"][attack]])
    kinds = np.full(len(words), "", dtype=object)
    for row, name in _largest(edges, known.kinds[edges["account"]]).items():
        kinds[row] = name
    family = _largest(edges[attack], known.kinds[edges["account"][attack]])
    for row, name in campaign.items():
        groups[row], kinds[row] = name, family[row]
    return kinds.astype(str), groups.astype(str)


def _largest(edges: NDArray[np.void], names: NDArray[np.str_]) -> dict[int, str]:
    """Of each population in `edges`, the name with most requests."""
    table = pd.DataFrame({"row": edges["population"], "name": names, "count": edges["count"]})
    summed = table.groupby(["row", "name"])["count"].sum().reset_index()
    top = summed.sort_values(["row", "count", "name"]).drop_duplicates("row", keep="last")
    return dict(zip(top["row"].tolist(), top["name"].tolist(), strict=True))
