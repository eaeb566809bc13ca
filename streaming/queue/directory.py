"""The directory of a queue: what it is, where its parts are, and who holds which lock."""

from __future__ import annotations

import fcntl
import os
import re
import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORMAT: Final = 1
_GROUP: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")


class QueueError(Exception):
    """A directory cannot be used as a queue: says which, why and the remedy."""


class LockedError(Exception):
    """Another process holds a lock; its id, as far as it is known."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder


class _About(msgspec.Struct, frozen=True):
    format: int
    name: str
    partitions: int


@dataclass(frozen=True, slots=True)
class QueueDirectory:
    """A queue that exists."""

    path: Path
    name: str
    """unlike that of any other queue, so that no position in one is taken for one in another"""
    partitions: int

    @property
    def ends(self) -> Path:
        """See `streaming.queue.ends`."""
        return self.path / "ends"

    @property
    def lock(self) -> Path:
        """Whoever writes holds it."""
        return self.path / "lock"

    @property
    def readers(self) -> Path:
        """How far groups of readers came."""
        return self.path / "readers"

    def partition(self, number: int) -> Path:
        """The folder of a partition's segments."""
        return self.path / str(number)

    def reader(self, group: str, suffix: str) -> Path:
        """A file about a group of readers; raises `QueueError` for a name that cannot be a file's."""
        if not _GROUP.fullmatch(group):
            raise QueueError(
                f"group {group!r} is no name: use up to 100 letters, digits, dots, dashes, underscores"
            )
        return self.readers / f"{group}.{suffix}"

    def groups(self) -> list[str]:
        """Groups of readers that told how far they came; a file of another name is none's."""
        return [path.stem for path in self.readers.glob("*.json") if _GROUP.fullmatch(path.stem)]

    def origin(self, number: int) -> str:
        """What a partition is called in the store."""
        return f"{self.name}/{number}"


def open_directory(path: Path) -> QueueDirectory:
    """The queue in `path`; raises `QueueError` where there is none."""
    about = path / "queue.json"
    try:
        found = msgspec.json.decode(about.read_bytes(), type=_About)
    except FileNotFoundError:
        raise QueueError(
            f"{path}: no queue is there; check the path, or first start what writes it"
        ) from None
    except (OSError, msgspec.MsgspecError) as error:
        raise QueueError(f"{about}: cannot be read; restore it, or take an empty directory") from error
    if found.format != FORMAT:
        raise QueueError(f"{about}: format {found.format} is not {FORMAT}; use the release that wrote it")
    return QueueDirectory(path, found.name, found.partitions)


def make_directory(path: Path, partitions: int) -> QueueDirectory:
    """The queue in `path`, made with so many partitions if there is none; raises `QueueError`, `OSError`."""
    if not (path / "queue.json").exists():
        # It holds what customers wrote.
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        # First, for whoever finds a `queue.json` looks at it.
        write_whole(path / "ends", bytes(8 * partitions))
        about = _About(FORMAT, f"queue-{secrets.token_hex(4)}", partitions)
        write_whole(path / "queue.json", msgspec.json.encode(about), durable=True)
    found = open_directory(path)
    for folder in (found.readers, *map(found.partition, range(found.partitions))):
        folder.mkdir(mode=0o700, exist_ok=True)
    sync_folder(path)
    return found


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock `path` until the end of the block or of the process; raises `LockedError`."""
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockedError(os.pread(file, 20, 0).decode("ascii", "replace").strip() or "unknown") from None
        os.ftruncate(file, 0)
        os.pwrite(file, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(file)


def write_whole(path: Path, data: bytes, *, durable: bool = False) -> None:
    """Replace `path` by `data` at once: whoever reads sees the old or the new."""
    draft = path.with_suffix(".new")
    with draft.open("wb") as file:
        file.write(data)
        if durable:
            file.flush()
            os.fsync(file.fileno())
    draft.replace(path)


def sync_folder(path: Path) -> None:
    """Make durable which files a folder has."""
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
