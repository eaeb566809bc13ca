"""What populations are to training: their class, whose they are, and what must not be split."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models.scorer import BENIGN, DISTILLATION, RELAY

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Edges:
    """Parts of accounts in populations, shape (n,) each."""

    accounts: NDArray[np.int64]
    populations: NDArray[np.int64]
    requests: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Known:
    """What accounts are, by their number, shape (accounts,) each."""

    classes: NDArray[np.int64]
    kinds: NDArray[np.str_]
    """attack family, or honest archetype"""
    groups: NDArray[np.str_]
    """campaign or organisation"""


def majority(counts: NDArray[np.int64] | NDArray[np.float64]) -> NDArray[np.int64]:
    """What most requests are part of; `counts` by population and class, shape (n, 3)."""
    total = np.maximum(counts.sum(axis=1), 1)
    labels: NDArray[np.int64] = np.where(
        2 * counts[:, DISTILLATION] > total,
        DISTILLATION,
        np.where(2 * counts[:, RELAY] > total, RELAY, BENIGN),
    )
    return labels


def belonging(
    keys: NDArray[np.uint64], edges: Edges, known: Known
) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    """Of each population: kind and group. A campaign's where one has a part in it, else its own.

    The kind is that of the accounts that make most of its requests.
    """
    attack = known.classes[edges.accounts] == DISTILLATION
    groups: NDArray[np.object_] = np.char.add("population-", keys.astype(str)).astype(object)
    kinds = np.full(len(keys), "", dtype=object)
    for name, some, out in (
        (known.kinds, slice(None), kinds),
        (known.kinds, attack, kinds),
        (known.groups, attack, groups),
    ):
        rows, most = _largest(edges, name, some)
        out[rows] = most
    return kinds.astype(str), groups.astype(str)


def _largest(
    edges: Edges, names: NDArray[np.str_], some: NDArray[np.bool_] | slice
) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    """Populations of `some` edges, and the name with most requests of each."""
    table = pd.DataFrame(
        {
            "population": edges.populations[some],
            "name": names[edges.accounts[some]].astype(object),
            "requests": edges.requests[some],
        }
    )
    summed = table.groupby(["population", "name"])["requests"].sum().reset_index()
    order = ["population", "requests", "name"]
    top = summed.sort_values(order).drop_duplicates("population", keep="last")
    return top["population"].to_numpy(np.int64), top["name"].to_numpy(object)
