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
    """Rows in memory, compressed: most of an idle account's row is zero."""

    def __init__(self) -> None:
        self._rows: dict[str, bytes] = {}

    def put(self, rows: Mapping[str, bytes]) -> None:
        """As `ColdRows.put`."""
        compressor = zstandard.ZstdCompressor()
        self._rows |= {name: compressor.compress(row) for name, row in rows.items()}

    def take(self, names: Sequence[str]) -> dict[str, bytes]:
        """As `ColdRows.take`."""
        decompressor = zstandard.ZstdDecompressor()
        return {name: decompressor.decompress(self._rows.pop(name)) for name in names}
