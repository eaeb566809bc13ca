"""Who says what a lake's rows are: people's labels, or the truth of a world that was replayed into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import numpy as np

from detector.lake.errors import LakeError
from detector.lake.moments import NONE, Latest
from models.scorer import BENIGN, DISTILLATION, LABELS, RELAY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from detector.lake.reading import EventRows, PopulationRows, ShareRows
    from detector.truth import WorldTruth
    from features.hashing import HashKey

UNTAUGHT: Final = len(LABELS)
"""In place of a class: nobody knows, and nothing is learnt from it."""
ALWAYS: Final = np.iinfo(np.int64).max
UNLABELLED: Final = "unlabelled"


class Lesson(NamedTuple):
    """What is said of accounts, each of shape (accounts,)."""

    classes: NDArray[np.int64]
    """BENIGN, RELAY, DISTILLATION or UNTAUGHT"""
    since: NDArray[np.int64]
    """ms: rows of earlier ticks are not of the class"""
    until: NDArray[np.int64]
    """ms: of rows of later ticks nothing was said"""
    kinds: NDArray[np.str_]
    groups: NDArray[np.str_]
    weights: NDArray[np.float64]


class Requests(NamedTuple):
    """What the requests of each population were part of by then."""

    counts: NDArray[np.float64]
    """by class and UNTAUGHT, shape (n, 4)"""
    weights: NDArray[np.float64]
    """mean weight of those that were taught, shape (n,)"""


class Sources(Protocol):
    """What a lesson may look at beside the rows of accounts and populations."""

    def shares(self) -> ShareRows:
        """Members of populations."""
        ...

    def events(self) -> EventRows:
        """Requests."""
        ...


class Teacher(Protocol):
    """Says what rows are. A label of a later time changes no row before it holds."""

    def of_accounts(self, ids: Sequence[str], orgs: NDArray[np.uint64]) -> Lesson:
        """What is said of accounts; `orgs` are hashes of their organisations, 0 where unknown."""
        ...

    def of_requests(self, rows: PopulationRows, sources: Sources) -> Requests:
        """What populations' requests were part of at each of `rows`."""
        ...


class Stated(Protocol):
    """One statement about an account, as `detector.retrain.labels.Label`."""

    @property
    def label(self) -> str:
        """One of LABELS; any other word teaches nothing."""
        ...

    @property
    def weight(self) -> float:
        """In (0, 1]."""
        ...

    @property
    def time(self) -> int:
        """When it was said, ms."""
        ...

    @property
    def since(self) -> int:
        """From when it holds, ms; 0: always."""
        ...

    @property
    def group(self) -> str:
        """Campaign; empty: none."""
        ...


@dataclass(frozen=True, slots=True)
class StatedLabels:
    """People's labels by account id. They hold from `since` until they were said, and for no other row.

    Of who is not labelled is held that they are ordinary, by a weight of `presumed`.
    """

    labels: Mapping[str, Stated]
    presumed: float = 1.0

    def of_accounts(self, ids: Sequence[str], orgs: NDArray[np.uint64]) -> Lesson:
        """As `Teacher.of_accounts`."""
        said = [self.labels.get(one) for one in ids]
        named = zip(said, ids, orgs.tolist(), strict=True)
        return Lesson(
            np.array([_class_of(one) for one in said], dtype=np.int64),
            np.array([0 if one is None else one.since for one in said], dtype=np.int64),
            np.array([ALWAYS if one is None else one.time for one in said], dtype=np.int64),
            np.array([UNLABELLED if one is None else one.label for one in said], dtype=np.str_),
            np.array([_group_of(one, name, org) for one, name, org in named], dtype=np.str_),
            np.array([self.presumed if one is None else one.weight for one in said]),
        )

    def of_requests(self, rows: PopulationRows, sources: Sources) -> Requests:
        """By the members of each population, and what is said of those."""
        shares = sources.shares()
        ids, member = np.unique(shares.ids.astype(str), return_inverse=True)
        lesson = self.of_accounts(ids.tolist(), np.zeros(len(ids), dtype=np.uint64))
        at = Latest(rows.keys, rows.when.order).at(shares.keys, shares.when.order)
        ends = shares.when.ends
        holds = (ends >= lesson.since[member]) & (ends <= lesson.until[member])
        classes = np.where(holds, lesson.classes[member], UNTAUGHT)
        known = at != NONE
        counts = np.zeros((len(rows.keys), UNTAUGHT + 1))
        np.add.at(counts, (at[known], classes[known]), shares.requests[known])
        taught = known & (classes != UNTAUGHT)
        mass = np.zeros(len(rows.keys))
        np.add.at(mass, at[taught], (shares.requests * lesson.weights[member])[taught])
        return Requests(counts, mass / np.maximum(counts[:, :UNTAUGHT].sum(axis=1), 1.0))


@dataclass(frozen=True, slots=True)
class TrueWorld:
    """The truth of a labelled world whose log was replayed into the lake, with its requests."""

    truth: WorldTruth
    key: HashKey
    """under which the replay hashed"""

    def of_accounts(self, ids: Sequence[str], orgs: NDArray[np.uint64]) -> Lesson:  # noqa: ARG002 - the truth knows them
        """As `Teacher.of_accounts`."""
        known = self.truth.of(ids)
        since = np.where(known.labels == DISTILLATION, known.attack_from, 0)
        until, weights = np.full(len(ids), ALWAYS), np.ones(len(ids))
        return Lesson(known.labels, since, until, known.kinds, known.groups, weights)

    def of_requests(self, rows: PopulationRows, sources: Sources) -> Requests:
        """By the requests of each population; raises `LakeError` where the lake keeps none."""
        events = sources.events()
        if len(events.ends) == 0 and len(rows.keys):
            raise LakeError(
                "the lake holds no requests, by which a world's truth is told; replay it with --lake-events"
            )
        ids, member = np.unique(events.ids.astype(str), return_inverse=True)
        pooled = self.truth.of(ids.tolist()).pooled
        attack = np.isin(events.events, self.truth.attacks(self.key))
        classes = np.where(attack, DISTILLATION, np.where(pooled[member], RELAY, BENIGN))
        return Requests(_by_then(rows, events, classes), np.ones(len(rows.keys)))


def _by_then(rows: PopulationRows, events: EventRows, classes: NDArray[np.int64]) -> NDArray[np.float64]:
    """How many requests of each class each population had had when it was looked at, shape (n, 4)."""
    some, kinds = np.nonzero(events.keys)
    keys, ends = events.keys[some, kinds], events.ends[some]
    order = np.lexsort((ends, keys))
    is_class = classes[some][order][:, None] == np.arange(UNTAUGHT + 1)
    sums = np.concatenate([np.zeros((1, UNTAUGHT + 1)), np.cumsum(is_class, axis=0)])
    last = Latest(keys[order], ends[order]).at(rows.keys, rows.when.ends)
    first = np.searchsorted(keys[order], rows.keys)
    counts: NDArray[np.float64] = np.where((last == NONE)[:, None], 0.0, sums[last + 1] - sums[first])
    return counts


def _class_of(said: Stated | None) -> int:
    if said is None:
        return BENIGN
    return LABELS.index(said.label) if said.label in LABELS else UNTAUGHT


def _group_of(said: Stated | None, account: str, org: int) -> str:
    if said is not None and said.group:
        return said.group
    return f"org-{org:016x}" if org else account
