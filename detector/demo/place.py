"""Where a demo keeps its store and its queue: a folder that begins empty each time."""

from __future__ import annotations

import shutil
import socket
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from detector.hook.serving import ServeError
from streaming.queue.directory import LockedError, locked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOST: Final = "127.0.0.1"
"""The demo lets in whoever has its link, so it is there for this machine alone."""
PORTS: Final = 20
"""that are tried, one after the other"""
_MARK: Final = "made-by-stillwatch-demo"
"""what carries it may be removed"""


@dataclass(frozen=True, slots=True)
class Place:
    """A folder."""

    path: Path

    @property
    def store(self) -> str:
        """As for `detector.store.opening.open_store`."""
        return f"sqlite:///{self.path / 'stillwatch.db'}"

    @property
    def queue(self) -> Path:
        """The embedded queue."""
        return self.path / "queue"

    @property
    def log(self) -> Path:
        """The sample as it was streamed."""
        return self.path / "events.jsonl"


@contextmanager
def fresh_place(out: Path) -> Iterator[tuple[Place, bool]]:
    """An empty folder in `out`, nobody else's until the end of the block, and whether another was removed.

    Raises `ServeError` where a demo is at work or something else is there, `OSError` where it cannot be made.
    """
    out.mkdir(parents=True, exist_ok=True)
    # Beside the folder: a lock inside would be removed with it.
    try:
        with locked(out / "live.lock"):
            place = Place(out / "live")
            removed = _remove(place.path)
            place.path.mkdir(mode=0o700)
            (place.path / _MARK).touch()
            yield place, removed
    except LockedError as held:
        raise ServeError(
            f"--out {out}: a demo is at work there (process {held.holder}); end it, or give another folder"
        ) from None


def _remove(path: Path) -> bool:
    """Remove what an earlier demo left, and nothing else; whether there was something."""
    if not path.exists():
        return False
    if not (path / _MARK).exists():
        raise ServeError(f"{path} was not made by a demo; give another folder with --out")
    shutil.rmtree(path)
    return True


def free_port(first: int) -> int:
    """`first`, or the next port of this machine that nobody listens on. Raises `ServeError`."""
    for port in range(first, min(first + PORTS, 65_536)):
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind((HOST, port))
            except OSError:
                continue
            return port
    raise ServeError(f"--port {first}: it and the {PORTS - 1} after it are taken; give another")
