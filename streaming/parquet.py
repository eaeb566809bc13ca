"""Rows of a Parquet file as canonical JSON records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from streaming.lines import BlockBuilder
from streaming.parquet_slices import slices
from streaming.parquet_texts import as_texts
from streaming.parquet_values import has_bytes, plain
from streaming.source import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from streaming.source import Block

# Arrow decodes so many rows at once whatever their length; more save 2 to 4 us of the 1,000 that a row costs.
_ROWS: Final = 256
_BYTES: Final = 16 * 1024 * 1024
_DAMAGED: Final = (pa.ArrowException, OSError, ValueError, OverflowError)


def parquet_blocks(path: Path, max_records: int, max_bytes: int) -> Iterator[Block]:
    """Yield the rows of `path`; positions are row numbers from 1.

    NaN becomes null, because data frames have no other missing number. A timestamp without a zone is UTC.
    `bytes_read` shares the file's size out among its rows. Raises `SourceError` for a damaged file.
    """
    try:
        yield from _blocks(path, max_records, max_bytes)
    except _DAMAGED as error:
        raise SourceError(f"{path}: not a readable Parquet file; write it again") from error


def _blocks(path: Path, max_records: int, max_bytes: int) -> Iterator[Block]:
    size = path.stat().st_size
    encode = msgspec.json.Encoder(decimal_format="number").encode
    builder = BlockBuilder(str(path), max_records, max_bytes)
    row = 0
    with pq.ParquetFile(path) as file:
        total = max(file.metadata.num_rows, 1)
        try:
            for batch in file.iter_batches(batch_size=_ROWS):
                for part in slices(batch, _BYTES):
                    for record in _rows(part):
                        row += 1
                        yield from builder.add(encode(record), row, size * row // total)
        except _DAMAGED:
            yield from builder.flush(size * row // total)
            raise
    yield from builder.flush(size)


def _rows(batch: Any) -> list[dict[str, Any]]:
    columns = [plain(column) for column in batch.columns]
    rows: list[dict[str, Any]] = pa.RecordBatch.from_arrays(columns, names=batch.schema.names).to_pylist()
    if any(has_bytes(column.type) for column in columns):
        return [as_texts(row) for row in rows]
    return rows
