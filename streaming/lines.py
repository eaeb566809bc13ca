"""Lines out of chunks of bytes, in bounded memory whatever the length of a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streaming.source import Block

if TYPE_CHECKING:
    from collections.abc import Iterator

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class LineSplitter:
    """Cuts chunks at newlines; of a line longer than `limit` bytes it keeps one byte more than that."""

    def __init__(self, limit: int) -> None:
        self._kept = limit + 1
        self._open = bytearray()

    def feed(self, chunk: bytes) -> list[bytes]:
        """The lines that `chunk` completes, without their newlines."""
        pieces = chunk.split(b"\n")
        self._extend(pieces[0])
        if len(pieces) == 1:
            return []
        lines = [bytes(self._open), *pieces[1:-1]]
        self._open.clear()
        self._extend(pieces[-1])
        return lines if len(chunk) <= self._kept else [line[: self._kept] for line in lines]

    def rest(self) -> bytes:
        """What follows the last newline."""
        return bytes(self._open)

    def _extend(self, piece: bytes) -> None:
        self._open += piece[: self._kept - len(self._open)]


class BlockBuilder:
    """Gathers numbered records of one origin into blocks of bounded count and size."""

    def __init__(self, origin: str, max_records: int, max_bytes: int) -> None:
        self._origin = origin
        self._max_records = max_records
        self._max_bytes = max_bytes
        self._records: list[bytes] = []
        self._positions: list[int] = []
        self._size = 0
        self._consumed = 0

    def add(self, record: bytes, position: int, consumed: int) -> Iterator[Block]:
        """Add a record; yields the block that it fills. `consumed`: bytes of the origin read so far."""
        self._records.append(record)
        self._positions.append(position)
        self._size += len(record)
        if len(self._records) >= self._max_records or self._size >= self._max_bytes:
            yield from self.flush(consumed)

    def flush(self, consumed: int) -> Iterator[Block]:
        """Yield what is left as a block, if anything is."""
        if self._records:
            yield Block(self._records, self._origin, self._positions, consumed - self._consumed)
            self._consumed = consumed
            self._records, self._positions, self._size = [], [], 0
