"""Batches of rows cut by what they hold once decoded: a dictionary repeats a long text for a few bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from streaming.parquet_values import pairs_of

if TYPE_CHECKING:
    from collections.abc import Iterator


def slices(batch: Any, max_bytes: int) -> Iterator[Any]:
    """Yield the rows of `batch` in parts of at most `max_bytes` bytes, or of one row."""
    if batch.num_rows <= 1 or sum(map(_size, batch.columns)) <= max_bytes:
        yield batch
        return
    half = batch.num_rows // 2
    yield from slices(batch.slice(0, half), max_bytes)
    yield from slices(batch.slice(half), max_bytes)


def _size(column: Any) -> int:
    kind = column.type
    if pa.types.is_dictionary(kind):
        lengths = pc.binary_length(column.dictionary.cast(pa.large_binary()))
        return pc.sum(lengths.take(column.indices)).as_py() or 0
    if pa.types.is_struct(kind):
        return sum(_size(column.field(index)) for index in range(kind.num_fields))
    if pa.types.is_map(kind):
        return _size(pairs_of(column))
    return _size(column.flatten()) if pa.types.is_nested(kind) else int(column.nbytes)
