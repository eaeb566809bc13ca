"""Where the rows of accounts are that have been silent for long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import zstandard

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class ColdRows(Protocol):
    """Rows by the names of their accounts, each there once until it is taken."""

    def put(self, rows: Mapping[str, bytes]) -> None:
        """Keep some rows."""
        ...

    def take(self, names: Sequence[str]) -> dict[str, bytes]:
        """The rows of `names`, all of which are there; they are kept no longer."""
        ...


class ColdMemory:
    """Rows in memory."""

    def __init__(self) -> None:
        self._rows: dict[str, bytes] = {}

    def put(self, rows: Mapping[str, bytes]) -> None:
        """As `ColdRows.put`."""
        self._rows |= packed(rows)

    def take(self, names: Sequence[str]) -> dict[str, bytes]:
        """As `ColdRows.take`."""
        return unpacked({name: self._rows.pop(name) for name in names})


def packed(rows: Mapping[str, bytes]) -> dict[str, bytes]:
    """Rows as they are kept, compressed: most of an idle account's row is zero."""
    compressor = zstandard.ZstdCompressor()
    return {name: compressor.compress(row) for name, row in rows.items()}


def unpacked(rows: Mapping[str, bytes]) -> dict[str, bytes]:
    """What `packed` was given."""
    decompressor = zstandard.ZstdDecompressor()
    return {name: decompressor.decompress(row) for name, row in rows.items()}
