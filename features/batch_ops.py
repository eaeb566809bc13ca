"""Rows of batches taken out and put together, with the account names and the text that belong to them."""

from __future__ import annotations

from itertools import accumulate, chain
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from features.batch import EventBatch
from features.plain import joined_rows, taken
from features.rows import EVENT_ROW, SKETCH_ROW
from features.text.parts import TextParts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def take(batch: EventBatch, index: NDArray[np.int64]) -> EventBatch:
    """The events of `batch` at `index`, in that order; shape (m,), each below the batch's length."""
    rows = taken(batch.rows, index)
    accounts, rows["account"] = _compact(batch.accounts, rows["account"])
    parts = take_parts(batch.parts, index)
    return EventBatch(rows, accounts, parts, taken(batch.sketches, index), batch.sketched[index])


def concat(batches: Sequence[EventBatch]) -> EventBatch:
    """The events of all `batches` in order; no batch gives an empty one."""
    if len(batches) == 1:
        return batches[0]
    rows = joined_rows([batch.rows for batch in batches], EVENT_ROW)
    accounts, rows["account"] = _union(batches)
    return EventBatch(
        rows,
        accounts,
        concat_parts([batch.parts for batch in batches]),
        joined_rows([batch.sketches for batch in batches], SKETCH_ROW),
        np.concatenate([np.zeros(0, np.bool_), *(batch.sketched for batch in batches)]),
    )


def take_parts(parts: TextParts, index: NDArray[np.int64]) -> TextParts:
    """The text of the events at `index`, in that order."""
    data, offsets, roles, first = _gather(parts.data, parts.offsets, parts.roles, parts.first, index)
    return TextParts(data, offsets, roles, first)


def concat_parts(parts: Sequence[TextParts]) -> TextParts:
    """The text of several batches in order."""
    return TextParts(
        np.concatenate([np.zeros(0, np.uint8), *(p.data[p.offsets[0] : p.offsets[-1]] for p in parts)]),
        _join_bounds([p.offsets for p in parts]),
        np.concatenate([np.zeros(0, np.uint8), *(p.roles for p in parts)]),
        _join_bounds([p.first for p in parts]),
    )


def _join_bounds(bounds: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    starts = accumulate((int(b[-1] - b[0]) for b in bounds), initial=0)
    shifted = [b[1:] - b[0] + start for b, start in zip(bounds, starts, strict=False)]
    return np.concatenate([np.zeros(1, np.int64), *shifted])


def _union(batches: Sequence[EventBatch]) -> tuple[list[str], NDArray[np.int32]]:
    number = {
        name: i for i, name in enumerate(dict.fromkeys(chain.from_iterable(b.accounts for b in batches)))
    }
    indices = [
        np.array([number[name] for name in batch.accounts], dtype=np.int32)[batch.rows["account"]]
        for batch in batches
    ]
    return list(number), np.concatenate([np.zeros(0, np.int32), *indices])


def _compact(names: list[str], index: NDArray[np.int32]) -> tuple[list[str], NDArray[np.int32]]:
    used, firsts, inverse = np.unique(index, return_index=True, return_inverse=True)
    order = np.argsort(firsts)
    place = np.empty(len(used), dtype=np.int32)
    place[order] = np.arange(len(used), dtype=np.int32)
    return [names[i] for i in used[order]], place[inverse]


@njit(cache=True, nogil=True)
def _gather(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    roles: NDArray[np.uint8],
    first: NDArray[np.int64],
    index: NDArray[np.int64],
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.uint8], NDArray[np.int64]]:
    parts, size = 0, 0
    for i in index:
        parts += first[i + 1] - first[i]
        size += offsets[first[i + 1]] - offsets[first[i]]
    out = np.empty(size, dtype=np.uint8)
    out_offsets = np.zeros(parts + 1, dtype=np.int64)
    out_roles = np.empty(parts, dtype=np.uint8)
    out_first = np.zeros(index.shape[0] + 1, dtype=np.int64)
    part, at = 0, 0
    for row in range(index.shape[0]):
        for p in range(first[index[row]], first[index[row] + 1]):
            length = offsets[p + 1] - offsets[p]
            out[at : at + length] = data[offsets[p] : offsets[p + 1]]
            out_roles[part] = roles[p]
            part, at = part + 1, at + length
            out_offsets[part] = at
        out_first[row + 1] = part
    return out, out_offsets, out_roles, out_first
