"""Numbers of a Parquet file that JSON writes in another way, or not at all."""

from __future__ import annotations

from decimal import Decimal
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

INFINITE = float("inf")


def decoded(path: Path, **columns: Any) -> Decoded:
    """What the decoder makes of three events with further columns."""
    usual = {"event_id": ["a", "b", "c"], "account_id": ["x"] * 3, "time": ["2026-03-01T12:00:00Z"] * 3}
    pq.write_table(pa.table(usual | columns), path)
    (block,) = open_source([path]).blocks()
    return make_adapter("canonical", HashKey.from_secret("s")).decode(block.records)


@pytest.mark.parametrize("kind", [pa.decimal128(20, 0), pa.decimal128(20, 2), pa.decimal256(60, 0)])
def test_a_decimal_is_a_number(tmp_path: Path, kind: pa.DataType) -> None:
    """Data bases hand out their numbers so."""
    tokens = pa.array([Decimal(12), None, Decimal(14)], kind)
    found = decoded(tmp_path / "log.parquet", input_tokens=tokens, latency_ms=tokens)
    assert found.rejected == []
    assert found.batch.rows["input_tokens"].tolist() == [12, -1, 14]


@pytest.mark.parametrize("infinite", [INFINITE, -INFINITE])
@pytest.mark.parametrize("kind", [pa.float64(), pa.float32(), pa.float16()])
def test_an_infinite_number_costs_its_row(tmp_path: Path, infinite: float, kind: pa.DataType) -> None:
    """Only NaN stands for a number that is missing, as data frames have it."""
    numbers = pa.array([1.0, infinite, float("nan")], pa.float64()).cast(kind)
    found = decoded(tmp_path / "log.parquet", latency_ms=numbers)
    assert [(one.line, one.reason) for one in found.rejected] == [(1, "out_of_range")]
