"""What is held of a Parquet file at once."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from streaming.files import open_source

if TYPE_CHECKING:
    from pathlib import Path

MB = 1_000_000
ROWS = 120
LONG = pa.DictionaryArray.from_arrays(pa.array([0] * ROWS, pa.int32()), pa.array(["x" * MB]))
LISTS = pa.ListArray.from_arrays(pa.array(range(ROWS + 1), pa.int32()), LONG)


@pytest.mark.parametrize(
    "column",
    [LONG, LONG.cast(pa.string()), LISTS, pa.StructArray.from_arrays([LONG], ["text"])],
    ids=["dictionary", "text", "list", "struct"],
)
def test_long_rows_are_not_held_all_at_once(tmp_path: Path, column: pa.Array) -> None:
    """However few bytes the file has, its rows become Python's a few at a time, and all of them come."""
    path = tmp_path / "log.parquet"
    pq.write_table(pa.table({"response": column}), path)
    tracemalloc.start()
    lengths = [len(record) for block in open_source([path]).blocks() for record in block.records]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(lengths) == ROWS
    assert min(lengths) > MB
    assert peak < 40 * MB
