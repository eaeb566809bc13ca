"""The compiled reader of JSON against the complete decoder: what it reads is what that would have read."""

from __future__ import annotations

from dataclasses import astuple
from functools import cache
from typing import TYPE_CHECKING

from features.adapters import make_adapter
from features.adapters.canonical import CanonicalAdapter
from features.reading.block import read_plain
from features.times import LATEST
from tests.fuzz.parts import KEY

if TYPE_CHECKING:
    from features.batch import EventBatch

LIMIT = 4096


@cache
def _adapter() -> CanonicalAdapter:
    adapter = make_adapter("canonical", KEY, limit=LIMIT)
    assert isinstance(adapter, CanonicalAdapter)
    return adapter


def fuzz(data: bytes) -> None:
    """Records, one a line."""
    records = data.split(b"\n")
    adapter = _adapter()
    batch, plain = read_plain(records, KEY, LIMIT, LATEST)
    chosen = plain.tolist()
    decoded, events = adapter.blocks.decode_lines(records, adapter, LATEST)
    assert set(chosen) <= set(events)
    assert_same(batch, adapter.blocks.decode([records[at] for at in chosen], adapter, LATEST).batch)
    whole = adapter.decode(records)
    assert_same(whole.batch, decoded.batch)
    assert (whole.lifecycle, whole.rejected) == (decoded.lifecycle, decoded.rejected)


def assert_same(found: EventBatch, expected: EventBatch) -> None:
    """Two batches say the same of the same events."""
    assert found.accounts == expected.accounts
    assert found.rows.tobytes() == expected.rows.tobytes()
    for one, other in zip(astuple(found.parts), astuple(expected.parts), strict=True):
        assert one.tobytes() == other.tobytes()
