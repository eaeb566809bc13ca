from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.adapters import make_adapter
from features.hashing import HashKey
from streaming.files import open_source, total_size
from streaming.source import SourceError
from tests.support.batches import parts_of

if TYPE_CHECKING:
    from pathlib import Path


def test_rows_become_canonical_records(tmp_path: Path) -> None:
    """Structures, missing numbers and times of every kind come out as the event contract wants them."""
    noon = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)
    table = pa.table(
        {
            "event_id": ["e1", "e2"],
            "account_id": ["a", "b"],
            "time": pa.array([noon, noon], pa.timestamp("ns", "Europe/Amsterdam")),
            "account_created": pa.array([noon.replace(tzinfo=None), None], pa.timestamp("ms")),
            "max_tokens": [256.0, float("nan")],
            "messages": [[{"role": "user", "content": "Hi"}], None],
        }
    )
    path = tmp_path / "events.parquet"
    pq.write_table(table, path)

    (block,) = open_source([path]).blocks()

    assert block.positions == [1, 2]
    assert block.bytes_read == total_size([path])
    assert json.loads(block.records[0]) == {
        "event_id": "e1",
        "account_id": "a",
        "time": "2026-03-01T12:00:00.250000Z",
        "account_created": "2026-03-01T12:00:00.250000Z",
        "max_tokens": 256.0,
        "messages": [{"role": "user", "content": "Hi"}],
    }
    assert json.loads(block.records[1])["max_tokens"] is None


def test_a_file_made_by_pandas_is_decoded(tmp_path: Path) -> None:
    """A data frame with missing integers, times and message lists is read without a rejected row."""
    frame = pd.DataFrame(
        {
            "event_id": ["e1", "e2"],
            "account_id": ["a", "b"],
            "time": pd.to_datetime(["2026-03-01T12:00:00Z", "2026-03-01T12:00:01.5Z"], format="ISO8601"),
            "input_tokens": [12, None],
            "stream": [True, None],
            "messages": [[{"role": "user", "content": "Hi"}], [{"role": "user", "content": None}]],
        }
    )
    path = tmp_path / "events.parquet"
    frame.to_parquet(path)

    (block,) = open_source([path]).blocks()
    decoded = make_adapter("canonical", HashKey.from_secret("s")).decode(block.records)

    assert decoded.rejected == []
    assert decoded.batch.rows["input_tokens"].tolist() == [12, -1]
    assert decoded.batch.rows["time"].tolist() == [1772366400000, 1772366401500]
    assert parts_of(decoded.batch) == [[(1, "Hi")], [(1, "")]]


def test_blocks_of_rows_are_bounded(tmp_path: Path) -> None:
    """Many rows come in blocks of the size asked, and the bytes of the file are shared out among them."""
    path = tmp_path / "events.parquet"
    pq.write_table(pa.table({"event_id": [str(i) for i in range(3000)]}), path)

    blocks = list(open_source([path], max_records=1000).blocks())

    assert [block.positions[0] for block in blocks] == [1, 1001, 2001]
    assert sum(block.bytes_read for block in blocks) == total_size([path])


def test_a_truncated_file_is_an_error(tmp_path: Path) -> None:
    """A Parquet file without its end cannot be read at all, and the error says so."""
    path = tmp_path / "events.parquet"
    pq.write_table(pa.table({"event_id": ["e"]}), path)
    path.write_bytes(path.read_bytes()[:-10])

    with pytest.raises(SourceError, match=r"events\.parquet: not a readable Parquet file"):
        list(open_source([path]).blocks())


def test_rows_before_the_damage_are_read(tmp_path: Path) -> None:
    """A file damaged in its middle gives what stands before, and then the error."""
    path = tmp_path / "events.parquet"
    pq.write_table(pa.table({"event_id": [str(i) for i in range(2048)]}), path, row_group_size=1024)
    begin = pq.ParquetFile(path).metadata.row_group(1).column(0).dictionary_page_offset
    data = bytearray(path.read_bytes())
    data[begin : begin + 64] = b"\xff" * 64
    path.write_bytes(data)

    blocks = open_source([path]).blocks()

    assert next(blocks).positions == list(range(1, 1025))
    with pytest.raises(SourceError, match=r"events\.parquet: not a readable Parquet file"):
        next(blocks)


def test_a_pipe_is_refused() -> None:
    """Parquet ends with its table of contents, so it cannot come through a pipe."""
    with pytest.raises(SourceError, match="give the file's path"):
        list(open_source(["-"], stdin=io.BytesIO(b"PAR1....PAR1")).blocks())
