"""Log files and standard input as sources: JSON lines, plain or compressed, and Parquet."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from features.adapters import MAX_RECORD_BYTES
from streaming.compressed import PARQUET_MAGIC, ByteInput, chunks
from streaming.lines import BYTE_ORDER_MARK, BlockBuilder, LineSplitter
from streaming.parquet import parquet_blocks
from streaming.source import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    from streaming.source import Block

STDIN: Final = "-"

MAX_BLOCK_RECORDS: Final = 8192
MAX_BLOCK_BYTES: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileSource:
    """Reads files one after the other, each once; what a file holds is told by its content, not its name."""

    paths: tuple[str, ...]
    record_limit: int
    max_records: int
    max_bytes: int
    stdin: BinaryIO

    def blocks(self) -> Iterator[Block]:
        """Yield every record of every file; positions are line or row numbers from 1.

        Blank lines are left out, and one longer than the limit is cut one byte beyond it. Where a file
        turns out to be damaged, the lines before that are yielded first.
        """
        for path in self.paths:
            with self._open(path) as stream:
                source = ByteInput(stream, path)
                if source.head != PARQUET_MAGIC:
                    yield from self._lines(source)
                    continue
            if path == STDIN:
                raise SourceError(f"{path}: Parquet cannot be read from a pipe; give the file's path")
            yield from parquet_blocks(Path(path), self.max_records, self.max_bytes)

    def _open(self, path: str) -> AbstractContextManager[BinaryIO]:
        if path == STDIN:
            return nullcontext(self.stdin)
        try:
            return Path(path).open("rb")
        except OSError as error:
            raise _unreadable(path, error) from error

    def _lines(self, source: ByteInput) -> Iterator[Block]:
        builder = BlockBuilder(source.name, self.max_records, self.max_bytes)
        splitter = LineSplitter(self.record_limit)
        number = 0
        try:
            for chunk in chunks(source):
                for line in splitter.feed(chunk):
                    number += 1
                    yield from _add(builder, line, number, source.consumed)
        except SourceError:
            yield from builder.flush(source.consumed)
            raise
        yield from _add(builder, splitter.rest(), number + 1, source.consumed)
        yield from builder.flush(source.consumed)


def open_source(
    paths: Sequence[Path | str],
    *,
    record_limit: int = MAX_RECORD_BYTES,
    max_records: int = MAX_BLOCK_RECORDS,
    max_bytes: int = MAX_BLOCK_BYTES,
    stdin: BinaryIO | None = None,
) -> FileSource:
    """A source of `paths` in the order given, `-` being standard input.

    Raises `SourceError` at once for a file that is missing, a directory, or not readable. A block ends
    after `max_records` records or `max_bytes` bytes, whichever comes first.
    """
    for path in paths:
        check_readable(path)
    names = tuple(str(path) for path in paths)
    return FileSource(names, record_limit, max_records, max_bytes, stdin or sys.stdin.buffer)


def total_size(paths: Sequence[Path | str]) -> int | None:
    """Bytes of all files as stored, which `Block.bytes_read` adds up to; None where one is standard input."""
    if any(str(path) == STDIN for path in paths):
        return None
    return sum(Path(path).stat().st_size for path in paths)


def check_readable(path: Path | str) -> None:
    """Raise `SourceError` unless `path` is `-` or can be opened and read."""
    if str(path) == STDIN:
        return
    try:
        with Path(path).open("rb"):
            pass
    except OSError as error:
        raise _unreadable(path, error) from error


def _add(builder: BlockBuilder, line: bytes, number: int, consumed: int) -> Iterator[Block]:
    text = line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line
    if text and not text.isspace():
        yield from builder.add(text, number, consumed)


def _unreadable(path: Path | str, error: OSError) -> SourceError:
    if isinstance(error, FileNotFoundError):
        return SourceError(f"{path}: no such file; check the path")
    if isinstance(error, IsADirectoryError):
        return SourceError(f"{path}: is a directory; name the files in it")
    if isinstance(error, PermissionError):
        return SourceError(f"{path}: may not be read; check its permissions")
    return SourceError(f"{path}: cannot be opened ({error.strerror}); check the path")
