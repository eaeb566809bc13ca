"""Files of records, compressed or not, and Parquet: blocks whose records are bounded, or `SourceError`."""

from __future__ import annotations

import io
from typing import Final

from streaming.compressed import PARQUET_MAGIC
from streaming.files import FileSource
from streaming.source import SourceError
from tests.fuzz.parts import file_of

LIMIT: Final = 1 << 12


def fuzz(data: bytes) -> None:
    """The bytes as a file, and as standard input unless that is Parquet, which takes a file."""
    with file_of(data) as path:
        held = _records(FileSource((str(path),), LIMIT, 16, 1 << 14, io.BytesIO()))
    if not data.startswith(PARQUET_MAGIC):
        assert _records(FileSource(("-",), LIMIT, 16, 1 << 14, io.BytesIO(data))) == held
        assert all(len(record) <= LIMIT + 1 and record.strip() for record in held)


def _records(source: FileSource) -> list[bytes]:
    found: list[bytes] = []
    last = 0
    try:
        for block in source.blocks():
            assert len(block.records) == len(block.positions) > 0
            assert block.bytes_read >= 0
            assert block.positions[0] > last
            last = block.positions[-1]
            found += block.records
    except SourceError:
        pass
    return found
