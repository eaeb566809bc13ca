"""Rows of a Parquet file as canonical JSON records."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from streaming.lines import BlockBuilder
from streaming.source import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from streaming.source import Block

_ROWS: Final = 1024
_UTC: Final = pa.timestamp("us", "UTC")
_FIRST: Final = pa.scalar(datetime(1, 1, 2, tzinfo=UTC), _UTC).cast(pa.int64())
_LAST: Final = pa.scalar(datetime(9999, 12, 30, tzinfo=UTC), _UTC).cast(pa.int64())


def parquet_blocks(path: Path, max_records: int, max_bytes: int) -> Iterator[Block]:
    """Yield the rows of `path`; positions are row numbers from 1.

    NaN becomes null, because data frames have no other missing number. A timestamp without a zone is UTC.
    `bytes_read` shares the file's size out among its rows. Raises `SourceError` for a damaged file.
    """
    try:
        yield from _blocks(path, max_records, max_bytes)
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise SourceError(f"{path}: not a readable Parquet file; write it again, texts in UTF-8") from error


def _blocks(path: Path, max_records: int, max_bytes: int) -> Iterator[Block]:
    size = path.stat().st_size
    encode = msgspec.json.Encoder().encode
    builder = BlockBuilder(str(path), max_records, max_bytes)
    row = 0
    with pq.ParquetFile(path) as file:
        total = max(file.metadata.num_rows, 1)
        for batch in file.iter_batches(batch_size=_ROWS):
            for record in _utc_times(batch).to_pylist():
                row += 1
                yield from builder.add(encode(record), row, size * row // total)
    yield from builder.flush(size)


def _utc_times(batch: Any) -> Any:
    columns = [_utc(column) if pa.types.is_timestamp(column.type) else column for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _utc(column: Any) -> Any:
    # sub-microsecond digits are dropped: an event is timed in milliseconds
    times = column.cast(pa.timestamp("us", column.type.tz), safe=False).cast(_UTC).cast(pa.int64())
    # What Python has no time for is no event's; at the ends of its calendar the row is rejected by itself.
    later = pc.max_element_wise(times, _FIRST, skip_nulls=False)
    return pc.min_element_wise(later, _LAST, skip_nulls=False).cast(_UTC)
