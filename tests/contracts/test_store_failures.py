from __future__ import annotations

import resource
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from detector.store.errors import StoreUnavailable
from detector.store.intake import Frame, SeenSegment
from detector.store.opening import open_store
from detector.store.retention import Retention
from tests.support.store_writer import EVENTS, FRAMES, ORIGINS, PAGES
from tests.support.stores import claimed, commit_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detector.store.interface import Store
    from tests.support.postgres import Postgres


def test_a_writer_killed_in_the_middle_leaves_all_or_nothing(store_url: str) -> None:
    """After kill -9 each partition's frames, ids, letters, counts and position are those of one commit."""
    chance = np.random.default_rng(6)
    store = open_store(store_url)
    rounds = 0
    for _ in range(2):
        _write_and_kill(store_url, float(chance.uniform(0, 0.05)))
        now = _whole_rounds(store)
        assert now > rounds
        rounds = now
    store.close()


def _write_and_kill(url: str, seconds: float) -> None:
    command = [sys.executable, "-m", "tests.support.store_writer", url]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as writer:
        assert writer.stdout is not None
        for _ in range(2):
            assert writer.stdout.readline()
        time.sleep(seconds)
        writer.kill()


def _whole_rounds(store: Store) -> int:
    """Rounds that are stored, once everything agrees on their number."""
    positions = {status.position for status in store.partitions()}
    assert len(positions) == 1
    rounds = (positions.pop() or 0) // EVENTS
    frames = list(store.frames(None, FRAMES))
    assert sum(frame.events for _, frame in frames) == rounds * EVENTS * len(ORIGINS)
    assert all(status.counts.accepted == rounds * EVENTS for status in store.partitions())
    assert [len(list(store.seen(origin, 0))) for origin in ORIGINS] == [rounds, rounds]
    assert [kept.number for kept in store.letters(0, 10**6)] == list(range(1, 2 * rounds + 1))
    checkpoint = store.load_checkpoint()
    assert checkpoint is not None
    assert int(checkpoint.manifest) in (rounds - 1, rounds - 2)
    pages = list(store.pages())
    assert len(pages) == PAGES
    assert {page.body.strip() for page in pages} == {checkpoint.manifest}
    return rounds


@contextmanager
def _largest_file(size: int) -> Iterator[None]:
    """Files of this process grow up to `size` bytes: to their writer, the disk is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_stops_a_commit_that_can_be_made_again(sqlite_template: Path, tmp_path: Path) -> None:
    """What did not fit is not there in part, and is written once there is room."""
    path = tmp_path / "store.db"
    path.write_bytes(sqlite_template.read_bytes())
    store = open_store(f"sqlite:///{path}")
    claim = claimed(store)
    commit = commit_of(claim, 1, frames=[Frame(1, 1, bytes(1 << 20))])
    with _largest_file(1 << 19), pytest.raises(StoreUnavailable, match=r"store\.db: .*then try again"):
        store.commit([commit], 1)
    assert list(store.frames(None, 9)) == []
    assert [status.position for status in store.partitions()] == [None]
    store.commit([commit], 1)
    assert len(list(store.frames(None, 9))) == 1
    store.close()


def test_a_locked_file_is_waited_for_and_then_reported(sqlite_template: Path, tmp_path: Path) -> None:
    """Another process that writes for longer than the timeout is named as a lock."""
    path = tmp_path / "store.db"
    path.write_bytes(sqlite_template.read_bytes())
    store, other = (open_store(f"sqlite:///{path}", timeout=0.1) for _ in range(2))
    claim = claimed(store)
    segments = other.seen("t/0", 0)
    assert list(segments) == []

    def slow() -> Iterator[str]:
        with pytest.raises(StoreUnavailable, match="database is locked; see which process holds"):
            other.commit([commit_of(claim, 1, 1)], 1)
        yield "t/1"

    store.retire(slow())
    other.commit([commit_of(claim, 1, 1)], 1)
    assert [status.position for status in store.partitions()] == [1]
    store.close()
    other.close()


def test_a_server_that_crashes_loses_no_commit(postgres_server: Postgres) -> None:
    """Calls fail while it is gone, and go on with the same store once it is back."""
    store = open_store(postgres_server.create_database())
    claim = claimed(store)
    store.commit([commit_of(claim, 1, 1)], 1)
    postgres_server.crash()
    with pytest.raises(StoreUnavailable, match="see that the server runs"):
        store.commit([commit_of(claim, 2, 2)], 2)
    postgres_server.start()
    store.commit([commit_of(claim, 2, 2)], 2)
    assert [frame.tick for _, frame in store.frames(None, 9)] == [1, 2]
    store.close()


def test_pruning_gives_room_back(sqlite_template: Path, tmp_path: Path) -> None:
    """The file shrinks by what was removed, up to the setting at a time."""
    path = tmp_path / "store.db"
    path.write_bytes(sqlite_template.read_bytes())
    store = open_store(f"sqlite:///{path}")
    claim = claimed(store)
    for position in range(1, 9):
        seen = SeenSegment(position, bytes(1 << 20))
        store.commit([commit_of(claim, position, seen=seen, watermark=100)], 1)
    sizes = []
    for room in (0, 4 << 20, 1 << 30):
        store.prune(0, Retention(seen=0, vacuum_bytes=room))
        store.close()
        sizes.append(path.stat().st_size)
    assert sizes[0] - sizes[1] == 4 << 20
    assert sizes[2] < 1 << 20
