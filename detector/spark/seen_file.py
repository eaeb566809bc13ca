"""A shard's table of seen ids in a file of its executor's machine, so that a batch touches what it looks up.

What counts is Spark's state; a file is a copy of it, under a mark that says of which. Where the mark is
another, the file half changed, in other hands or not to be had, the table is made from the state again.
"""

from __future__ import annotations

import fcntl
import mmap
import os
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from streaming.seen import SeenIds, Slots, new_slots

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

MARK_BYTES: Final = 16

_HEADER: Final = np.dtype([("mark", "V16"), ("capacity", "<i8"), ("used", "<i8"), ("oldest", "<i8")])
_SLOTS_AT: Final = 64
_SLOT_BYTES: Final = 16
_CHANGING: Final = bytes(MARK_BYTES)
_NEVER: Final = np.iinfo(np.int64).min


def mark_after(mark: bytes, *changes: bytes) -> bytes:
    """The mark of a state that was changed: of equal ones only where all changes were equal."""
    found = blake2b(mark, digest_size=MARK_BYTES)
    for change in changes:
        found.update(len(change).to_bytes(8, "little") + change)
    return found.digest()


@dataclass(slots=True)
class SeenTable:
    """A table that a batch may change; what is not kept is made again by the next one."""

    ids: SeenIds
    known: bool
    """whether it holds what its state holds, rather than nothing"""
    _file: _File | None

    def keep(self, mark: bytes) -> None:
        """For the batch that finds its state under `mark`."""
        if self._file is not None:
            self._file.keep(self.ids, mark)


@contextmanager
def seen_table(path: Path, mark: bytes) -> Iterator[SeenTable]:
    """The table in the file `path` if it is under `mark`, and an empty one otherwise."""
    with ExitStack() as stack:
        file = _locked(path, stack)
        found = None if file is None else file.found(mark)
        ids = found or SeenIds(room=new_slots if file is None else file.room)
        yield SeenTable(ids, found is not None, file)


def _locked(path: Path, stack: ExitStack) -> _File | None:
    """Nobody else's while the stack is open; None if it can't be had: another attempt may still run here."""
    try:
        lock = stack.enter_context(path.with_suffix(".lock").open("a"))
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return None
    return _File(path)


class _File:
    """The file that a table lies in, and the one that it moves to when it grows."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._grown = path.with_suffix(".new")
        self._header: NDArray[Any] | None = None
        self._moved = False

    def found(self, mark: bytes) -> SeenIds | None:
        """The table, marked as changing until it is kept."""
        try:
            with self._path.open("r+b") as file:
                body = mmap.mmap(file.fileno(), 0)
        except (OSError, ValueError):
            return None
        if len(body) < _SLOTS_AT or body[:MARK_BYTES] != mark:
            return None
        header = self._header = np.frombuffer(body, _HEADER, 1)
        capacity, used, oldest = (int(header[name][0]) for name in ("capacity", "used", "oldest"))
        if len(body) != _size(capacity):
            return None
        body[:MARK_BYTES] = _CHANGING
        return SeenIds.of(_slots(body, capacity), used, None if oldest == _NEVER else oldest, self.room)

    def room(self, capacity: int) -> Slots:
        """In a file of its own, or in memory where there is no room for one."""
        self._header, self._moved = None, True
        try:
            body = _reserved(self._grown, _size(capacity))
        except OSError:
            return new_slots(capacity)
        self._header = np.frombuffer(body, _HEADER, 1)
        self._header["capacity"] = capacity
        return _slots(body, capacity)

    def keep(self, ids: SeenIds, mark: bytes) -> None:
        """Leave the table under a mark."""
        header = self._header
        if header is None:
            return
        header["used"], header["oldest"] = ids.used, _NEVER if ids.oldest is None else ids.oldest
        header["mark"] = np.void(mark)
        if self._moved:
            self._grown.replace(self._path)


def _size(capacity: int) -> int:
    return _SLOTS_AT + _SLOT_BYTES * capacity


def _slots(body: mmap.mmap, capacity: int) -> Slots:
    ids = np.frombuffer(body, np.uint64, capacity, _SLOTS_AT)
    return Slots(ids, np.frombuffer(body, np.int64, capacity, _SLOTS_AT + ids.nbytes))


def _reserved(path: Path, size: int) -> mmap.mmap:
    """Zeros, for which the disk has room: what a mapping can't write ends the process."""
    path.unlink(missing_ok=True)
    opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.posix_fallocate(opened, 0, size)
        return mmap.mmap(opened, size)
    finally:
        os.close(opened)
