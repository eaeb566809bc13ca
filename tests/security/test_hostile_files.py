from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.adapters import make_adapter
from features.hashing import HashKey
from streaming.files import open_source

if TYPE_CHECKING:
    from pathlib import Path

KEY = HashKey.from_secret("a secret of the tests")
FAR = 2**62
"""microseconds: some 146,000 years"""


def written(path: Path, **columns: Any) -> Path:
    """A file of two events and further columns."""
    noon = 1_772_366_400_000_000
    usual = {
        "event_id": ["a", "b"],
        "account_id": ["x", "x"],
        "time": pa.array([noon] * 2, pa.timestamp("us")),
    }
    pq.write_table(pa.table(usual | columns), path)
    return path


@pytest.mark.parametrize("time", [FAR, -FAR])
def test_a_row_from_no_calendar_is_rejected_alone(tmp_path: Path, time: int) -> None:
    """A time that Python cannot hold costs its own row, and neither the file nor the process."""
    path = written(tmp_path / "log.parquet", time=pa.array([time, 1_772_366_400_000_000], pa.timestamp("us")))
    (block,) = open_source([path]).blocks()
    found = make_adapter("canonical", KEY).decode(block.records)
    assert (len(found.batch.rows), [one.reason for one in found.rejected]) == (1, ["bad_time"])


def test_such_a_time_within_a_structure_costs_its_row(tmp_path: Path) -> None:
    """What no decoder takes is rejected by itself there too."""
    nested = pa.array([{"at": FAR}, None], pa.struct([("at", pa.timestamp("us"))]))
    (block,) = open_source([written(tmp_path / "log.parquet", messages=nested)]).blocks()
    found = make_adapter("canonical", KEY).decode(block.records)
    assert (len(found.batch.rows), [one.reason for one in found.rejected]) == (1, ["wrong_type"])
