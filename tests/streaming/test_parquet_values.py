"""What a column may hold beside the values that JSON has."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from streaming.files import open_source

if TYPE_CHECKING:
    from pathlib import Path

NOON = 1_772_366_400_123_456_789
"""nanoseconds"""
FAR = 2**62
NS = pa.timestamp("ns")
TIME = "2026-03-01T12:00:00.123456Z"
PART = pa.struct([("at", NS)])


def value_read(path: Path, values: Any) -> Any:
    """The last of `values` as the records tell it."""
    pq.write_table(pa.table({"zzz": values}), path, store_schema=True)
    (block,) = open_source([path]).blocks()
    assert len(block.records) == len(values)
    return json.loads(block.records[-1])["zzz"]


@pytest.mark.parametrize(
    ("value", "kind", "told"),
    [
        ({"at": NOON}, PART, {"at": TIME}),
        ([{"at": NOON}, None], pa.list_(PART), [{"at": TIME}, None]),
        ([NOON], pa.large_list(NS), [TIME]),
        ([NOON], pa.list_view(NS), [TIME]),
        ([NOON, None], pa.list_(NS, 2), [TIME, None]),
        ([("k", NOON)], pa.map_(pa.string(), NS), [["k", TIME]]),
        ({"at": FAR}, pa.struct([("at", pa.timestamp("us"))]), {"at": "9999-12-30T00:00:00Z"}),
    ],
)
def test_a_time_within_a_structure_is_told_as_one_by_itself(
    tmp_path: Path, value: Any, kind: pa.DataType, told: Any
) -> None:
    """Nested times are UTC, of microseconds, and within the calendar of Python."""
    assert value_read(tmp_path / "log.parquet", pa.array([None, value, value], kind)) == told


@pytest.mark.parametrize(
    ("value", "kind", "told"),
    [
        (123_456_789, pa.duration("ns"), "PT0.123456S"),
        (timedelta(hours=1), pa.duration("s"), "PT3600S"),
        (3_600_000_000_001, pa.time64("ns"), "01:00:00"),
        (10**8, pa.int32(), "9999-12-30"),
        (-(10**8), pa.int32(), "0001-01-02"),
    ],
)
def test_no_time_ends_a_file(tmp_path: Path, value: Any, kind: pa.DataType, told: str) -> None:
    """Times of day, lengths of time and days are told as far as Python can hold them."""
    column = pa.array([None, value], kind)
    days = column.cast(pa.date32()) if pa.types.is_integer(kind) else column
    assert value_read(tmp_path / "log.parquet", days) == told
