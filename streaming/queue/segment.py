"""Segments: the files of a partition, each named by the offset of its first record."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from streaming.queue.batch import HEADER, MAGIC, BatchHeader, is_intact, parse_header

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SUFFIX: Final = ".log"
_DIGITS: Final = 20


@dataclass(frozen=True, slots=True, order=True)
class Segment:
    """One file."""

    first: int
    path: Path


def segment_path(folder: Path, first: int) -> Path:
    """Where the segment that begins at the offset `first` is."""
    return folder / f"{first:0{_DIGITS}d}{_SUFFIX}"


def segments(folder: Path) -> list[Segment]:
    """All of a partition, oldest first."""
    return sorted(
        Segment(int(path.stem), path) for path in folder.glob(f"*{_SUFFIX}") if path.stem.isdecimal()
    )


def intact_batches(file: int, start: int = 0) -> Iterator[tuple[int, BatchHeader]]:
    """Place and header of the batches from byte `start` of `file` on, up to the first that is none."""
    while (found := read_batch(file, start)) is not None:
        header, _ = found
        yield start, header
        start += header.total


def last_end(folder: Path) -> int:
    """The offset after the last whole batch of a partition, whether readers were told of it or not."""
    known = segments(folder)
    if not known:
        return 0
    with known[-1].path.open("rb") as file:
        ends = (header.end for _, header in intact_batches(file.fileno()))
        return max(ends, default=known[-1].first)


def read_batch(file: int, start: int) -> tuple[BatchHeader, bytes] | None:
    """Header and payload of the batch at byte `start`; None unless it is there, whole and unchanged."""
    head = os.pread(file, HEADER.size, start)
    header = parse_header(head)
    # A damaged length must not make us ask for memory that no file can fill.
    if header is None or start + header.total > os.fstat(file).st_size:
        return None
    payload = os.pread(file, header.size, start + HEADER.size)
    return (header, payload) if is_intact(head, header, payload) else None


def read_header(file: int, start: int) -> BatchHeader | None:
    """The header at byte `start`, unchecked."""
    return parse_header(os.pread(file, HEADER.size, start))


def batch_beyond(file: int, start: int) -> int | None:
    """Where after byte `start` an intact batch is, if anywhere: then what is at `start` is no torn tail."""
    rest = os.pread(file, os.fstat(file).st_size - start, start)
    at = rest.find(MAGIC, 1)
    while at >= 0:
        if read_batch(file, start + at) is not None:
            return start + at
        at = rest.find(MAGIC, at + 1)
    return None
