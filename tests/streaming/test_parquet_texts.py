"""Texts of a Parquet file that are not UTF-8, which Arrow keeps but no Python text can."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.adapters import make_adapter
from features.hashing import HashKey
from streaming.files import open_source

if TYPE_CHECKING:
    from pathlib import Path

    from features.batch import Decoded

ROWS = 2400
BAD = 2301
TURNS = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))


def decoded(path: Path, **columns: Any) -> Decoded:
    """What the decoder makes of usual events with further columns."""
    usual = {
        "event_id": [str(row) for row in range(ROWS)],
        "account_id": ["a"] * ROWS,
        "time": ["2026-03-01T12:00:00Z"] * ROWS,
    }
    pq.write_table(pa.table(usual | columns), path)
    records = [record for block in open_source([path]).blocks() for record in block.records]
    assert len(records) == ROWS
    return make_adapter("canonical", HashKey.from_secret("s")).decode(records)


def texts(bad: bytes) -> pa.Array:
    """A text for each row, of which one holds `bad`."""
    values = pa.array([b"good"] * (BAD - 1) + [bad] + [None] * (ROWS - BAD), pa.binary())
    return pa.StringArray.from_buffers(ROWS, *values.buffers()[1:], values.buffers()[0])


def turns(content: pa.Array) -> pa.Array:
    """A message for each row."""
    role = pa.array(["user"] * ROWS)
    parts = pa.StructArray.from_arrays([role, content], names=["role", "content"])
    return pa.ListArray.from_arrays(pa.array(range(ROWS + 1), pa.int32()), parts)


@pytest.mark.parametrize("bad", [b"\xff", b'a "quoted" \xc3\n'])
@pytest.mark.parametrize("nested", [False, True])
def test_a_text_that_is_not_utf8_costs_its_row(tmp_path: Path, bad: bytes, nested: bool) -> None:  # noqa: FBT001
    """Every other row of the file counts."""
    column = {"messages": turns(texts(bad))} if nested else {"response": texts(bad)}
    found = decoded(tmp_path / "log.parquet", **column)
    assert len(found.batch.rows) == ROWS - 1
    assert [(one.line, one.reason) for one in found.rejected] == [(BAD - 1, "not_utf8")]


def test_a_text_that_nobody_reads_costs_nothing(tmp_path: Path) -> None:
    """Unknown columns are ignored, whatever they hold."""
    found = decoded(tmp_path / "log.parquet", zzz=texts(b"\xff"))
    assert (len(found.batch.rows), found.rejected) == (ROWS, [])


@pytest.mark.parametrize("kind", [pa.binary(), pa.large_binary(), pa.binary(3), pa.large_string()])
def test_bytes_are_a_text(tmp_path: Path, kind: pa.DataType) -> None:
    """A column that its writer did not mark as text is read as one, alone or in a structure."""
    name = pa.array(["j\u00e9".encode()] * ROWS, pa.binary()).cast(kind)
    path = tmp_path / "log.parquet"
    pq.write_table(pa.table({"name": name, "part": pa.StructArray.from_arrays([name], ["name"])}), path)
    block = next(iter(open_source([path]).blocks()))
    assert json.loads(block.records[0]) == {"name": "j\u00e9", "part": {"name": "j\u00e9"}}


def test_bytes_that_are_no_text_cost_their_row_where_one_is_due(tmp_path: Path) -> None:
    """Of an account the row is rejected; in an unknown column nobody looks."""
    digests = pa.array([b"\xff"] * ROWS, pa.binary())
    accounts = pa.array([b"a"] * (ROWS - 1) + [b"\xff"], pa.binary())
    found = decoded(tmp_path / "log.parquet", account_id=accounts, zzz=digests)
    assert [(one.line, one.reason) for one in found.rejected] == [(ROWS - 1, "not_utf8")]
