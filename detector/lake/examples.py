"""A lake's rows as training rows, each with what was true by then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from detector.belonging import Edges, Known, belonging, majority
from detector.lake.moments import NONE, Latest
from detector.lake.teaching import UNTAUGHT
from features.population.attachment import PART
from models.dataset import Examples, PopulationSet, TrainingSet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from detector.lake.reading import AccountRows, PopulationRows
    from detector.lake.teaching import Lesson, Requests, Sources, Teacher


@dataclass(frozen=True, slots=True)
class Recorded:
    """Training rows and what they are about."""

    examples: Examples
    names: NDArray[np.str_]
    """ids of accounts by their number in `examples.accounts.accounts`, shape (accounts,)"""
    ends: NDArray[np.int64]
    """end of the tick of each of the accounts' rows, ms, shape (n,): no row holds what came later"""
    told: Mapping[str, NDArray[np.uint64]]
    """keyed hashes of each account's organisation, plan and client, as last told; 0: never"""


def assembled(
    accounts: AccountRows, populations: PopulationRows, teacher: Teacher, sources: Sources
) -> Recorded:
    """What `teacher` says of the rows that it says something of."""
    names, number = _numbered(accounts.ids.astype(str), accounts.numbers)
    keys, population = _numbered(populations.keys, populations.numbers)
    told = {name: _last_told(number, values, len(names)) for name, values in accounts.told.items()}
    lesson = teacher.of_accounts(names.tolist(), told["org"])
    final = _is_last(number, accounts.when.order)
    edges = _edges(accounts, number, final, keys)
    requests = teacher.of_requests(populations, sources)
    kinds, groups = belonging(keys, edges, Known(lesson.classes, lesson.kinds, lesson.groups))
    found = PopulationSet(
        populations.vectors, majority(requests.counts[:, :UNTAUGHT]), population, populations.members,
        kinds[population], groups[population], _importance(requests),
    )  # fmt: skip
    kept = _is_taught(lesson, number, accounts.when.ends)
    rows = _training_rows(accounts, populations, lesson, number, final)
    return Recorded(Examples(rows.take(kept), found), names.astype(np.str_), accounts.when.ends[kept], told)


def _numbered(names: NDArray[Any], arrivals: NDArray[np.int32]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Names in the order of their arrival, and the place of each row's among them."""
    found, of = np.unique(names, return_inverse=True)
    first = np.full(len(found), np.iinfo(np.int32).max, dtype=np.int32)
    np.minimum.at(first, of, arrivals)
    order = np.argsort(first, kind="stable")
    place = np.empty(len(found), dtype=np.int64)
    place[order] = np.arange(len(found))
    return found[order], place[of]


def _last_told(number: NDArray[np.int64], values: NDArray[np.uint64], accounts: int) -> NDArray[np.uint64]:
    out = np.zeros(accounts, dtype=np.uint64)
    told = values != 0
    out[number[told]] = values[told]
    return out


def _is_last(number: NDArray[np.int64], moments: NDArray[np.int64]) -> NDArray[np.bool_]:
    """The latest row of each account."""
    out = np.zeros(len(number), dtype=np.bool_)
    order = np.argsort(moments, kind="stable")
    _, from_end = np.unique(number[order][::-1], return_index=True)
    out[order[len(number) - 1 - from_end]] = True
    return out


def _is_taught(lesson: Lesson, number: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Rows from when what is said holds until it was said: no label reaches what came after it."""
    kept: NDArray[np.bool_] = lesson.classes[number] != UNTAUGHT
    return kept & (ends >= lesson.since[number]) & (ends <= lesson.until[number])


def _training_rows(
    accounts: AccountRows,
    populations: PopulationRows,
    lesson: Lesson,
    number: NDArray[np.int64],
    final: NDArray[np.bool_],
) -> TrainingSet:
    of = np.repeat(np.arange(len(number)), accounts.part_counts)
    row = Latest(populations.keys, populations.when.order).at(
        accounts.parts["population"], accounts.when.order[of]
    )
    # One that was forgotten and came back is another one, which has no row yet.
    known = row != NONE
    known[known] = populations.shown[row[known]] <= accounts.parts["shown"][known]
    parts = np.zeros(int(known.sum()), dtype=PART)
    for name in PART.names or ():
        parts[name] = row[known] if name == "population" else accounts.parts[name][known]
    return TrainingSet(
        accounts.vectors, accounts.requests, lesson.classes[number], number, final,
        lesson.kinds[number], lesson.groups[number], lesson.weights[number],
        np.bincount(of[known], minlength=len(number)), parts,
    )  # fmt: skip


def _edges(
    accounts: AccountRows, number: NDArray[np.int64], final: NDArray[np.bool_], keys: NDArray[np.uint64]
) -> Edges:
    of = np.repeat(np.arange(len(number)), accounts.part_counts)
    order = np.argsort(keys)
    wanted = accounts.parts["population"]
    chosen = final[of] & np.isin(wanted, keys)
    place = order[np.searchsorted(keys[order], wanted[chosen])]
    return Edges(number[of[chosen]], place, accounts.parts["count"][chosen])


def _importance(requests: Requests) -> NDArray[np.float64]:
    """A population of which most is not known teaches nothing."""
    unknown = requests.counts[:, UNTAUGHT] > requests.counts[:, :UNTAUGHT].sum(axis=1)
    return np.where(unknown, 0.0, requests.weights)
