"""Adapters of every format: each line of any log is an event, a lifecycle record or rejected."""

from __future__ import annotations

import contextlib
from functools import cache
from typing import TYPE_CHECKING

from features.adapters import FORMATS, REASONS, detect_format, make_adapter
from features.adapters.detect import FormatError
from tests.fuzz.parts import EDGE, KEY

if TYPE_CHECKING:
    from features.adapters import Adapter
    from features.batch import Decoded


@cache
def _adapters() -> tuple[Adapter, ...]:
    return tuple(make_adapter(name, KEY, edge=EDGE, limit=1 << 16) for name in FORMATS)


def fuzz(data: bytes) -> None:
    """The first byte chooses the format; the rest are records, one a line."""
    adapter = _adapters()[data[0] % len(FORMATS)] if data else _adapters()[0]
    records = data[1:].split(b"\n")
    with contextlib.suppress(FormatError):
        assert detect_format(records) in FORMATS
    found = adapter.decode(records)
    assert len(found.batch.rows) + len(found.lifecycle) + len(found.rejected) == found.lines
    _check(found, len(records))
    # How a log is cut into blocks must not matter; an OTLP export alone may be many lines.
    alone = [adapter.decode([record]) for record in records]
    assert found.batch.rows.tobytes() == b"".join(_renumbered(found, alone))
    assert [one.detail for one in found.rejected] == [one.detail for each in alone for one in each.rejected]


def _check(found: Decoded, records: int) -> None:
    for one in found.rejected:
        assert one.reason in REASONS
        assert 0 <= one.line < records
        assert one.detail
        assert one.detail.isprintable()
    assert all(name for name in found.batch.accounts)
    assert len(found.batch.parts.first) == len(found.batch.rows) + 1


def _renumbered(whole: Decoded, alone: list[Decoded]) -> list[bytes]:
    """Rows of single records as they would be among the accounts of all."""
    number = {name: place for place, name in enumerate(whole.batch.accounts)}
    rows = []
    for one in alone:
        names = [number[name] for name in one.batch.accounts]
        copied = one.batch.rows.copy()
        copied["account"] = [names[place] for place in copied["account"]]
        rows.append(copied.tobytes())
    return rows
