"""Slices: honest accounts by what they are, so that no model is better on average and worse for somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from detector.retrain.labelled import Labelled

Slice = Literal["archetype", "plan", "client", "privacy", "language"]
FPR_SLICES: Final[tuple[Slice, ...]] = ("archetype", "plan", "client", "privacy", "language")


def values_of(rows: Labelled, dimension: Slice) -> NDArray[np.str_]:
    """What each account is in a dimension, by number."""
    if dimension != "archetype":
        values: NDArray[np.str_] = getattr(rows.facts, dimension)
        return values
    accounts = rows.examples.accounts
    kinds = np.full(len(rows.names), "", dtype=accounts.kinds.dtype)
    kinds[accounts.accounts] = accounts.kinds
    return kinds


def slices_of(
    rows: Labelled, dimension: Slice, among: NDArray[np.int64], least: int
) -> Iterator[tuple[str, NDArray[np.int64]]]:
    """Names and account numbers of each slice of `among` with `least` accounts or more."""
    values = values_of(rows, dimension)[among]
    for name, count in zip(*np.unique(values, return_counts=True), strict=True):
        if count >= least:
            yield str(name) or "unknown", among[values == name]
