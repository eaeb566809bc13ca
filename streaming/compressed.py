"""Decompressed chunks of a byte stream: plain, gzip (RFC 1952) or Zstandard (RFC 8878), by its magic bytes.

Both compressed forms may be several members or frames one after the other, as `cat` makes them.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, BinaryIO, Final

import zstandard

from streaming.source import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

GZIP_MAGIC: Final = b"\x1f\x8b"
ZSTD_MAGIC: Final = b"\x28\xb5\x2f\xfd"
PARQUET_MAGIC: Final = b"PAR1"

_READ: Final = 64 * 1024
_OUTPUT: Final = 1024 * 1024
_ZSTD_WINDOW: Final = 2**27
_ZSTD_INPUT: Final = 1024
"""Bytes decompressed at a time: 4 of them may stand for 128 KiB, so this bounds one chunk to 32 MiB."""

_GZIP_WBITS: Final = 31


class ByteInput:
    """A byte stream whose first bytes can be looked at, and that counts what was read."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._stream = stream
        self.name = name
        self.consumed = 0
        self.head = self._fill(len(PARQUET_MAGIC))
        self._ahead = self.head

    def read(self) -> bytes:
        """The next bytes; empty at the end. Raises `SourceError` where the stream cannot be read."""
        if self._ahead:
            data, self._ahead = self._ahead, b""
        else:
            data = self._read(_READ)
        self.consumed += len(data)
        return data

    def _fill(self, size: int) -> bytes:
        data = b""
        while len(data) < size and (more := self._read(size - len(data))):
            data += more
        return data

    def _read(self, size: int) -> bytes:
        try:
            return self._stream.read(size)
        except OSError as error:
            raise SourceError(f"{self.name}: cannot be read ({error.strerror}); check the file") from error


def chunks(source: ByteInput) -> Iterator[bytes]:
    """The content of `source` in decompressed chunks; raises `SourceError` where it is cut off or damaged."""
    if source.head.startswith(GZIP_MAGIC):
        return _gzip_chunks(source)
    if source.head.startswith(ZSTD_MAGIC) or _is_skippable(source.head):
        return _zstd_chunks(source)
    return iter(source.read, b"")


def _is_skippable(head: bytes) -> bool:
    # parallel compressors open a file with a frame that holds no data (RFC 8878, section 3.1.2)
    return head[1:] == b"\x2a\x4d\x18" and head[:1] >= b"\x50" and head[:1] <= b"\x5f"


def _gzip_chunks(source: ByteInput) -> Iterator[bytes]:
    member = zlib.decompressobj(_GZIP_WBITS)
    data = source.read()
    try:
        while data or not member.eof:
            if member.eof:
                member = zlib.decompressobj(_GZIP_WBITS)
            text = member.decompress(data, _OUTPUT)
            if text:
                yield text
            data = (member.unconsumed_tail or member.unused_data.lstrip(b"\0")) or source.read()
            if not data and not text and not member.eof:
                raise _cut_off(source)
    except zlib.error as error:
        raise _damaged(source) from error


def _zstd_chunks(source: ByteInput) -> Iterator[bytes]:
    context = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    frame = context.decompressobj()
    try:
        for data in iter(source.read, b""):
            for start in range(0, len(data), _ZSTD_INPUT):
                piece = data[start : start + _ZSTD_INPUT]
                while piece:
                    if frame.eof:
                        frame = context.decompressobj()
                    text = frame.decompress(piece)
                    if text:
                        yield text
                    piece = frame.unused_data if frame.eof else b""
    except zstandard.ZstdError as error:
        raise _damaged(source) from error
    if not frame.eof:
        raise _cut_off(source)


def _cut_off(source: ByteInput) -> SourceError:
    return SourceError(f"{source.name}: the compressed data ends too early; copy or export the file again")


def _damaged(source: ByteInput) -> SourceError:
    return SourceError(f"{source.name}: the compressed data is damaged; copy or export the file again")
