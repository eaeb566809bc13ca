"""What a queue forgets, and when it takes no more."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from streaming.group_commit import Full
from streaming.queue.settings import QueueSettings
from streaming.queue.source import QueueSource
from streaming.queue.writer import QueueWriter
from tests.streaming.queue.queues import everything, segment_files
from tests.support.topics import numbered

if TYPE_CHECKING:
    from pathlib import Path

HOUR = 3_600_000


def filled(path: Path, batches: int = 5) -> None:
    """Segments of three records each, none of which may go before it is read."""
    with QueueWriter(path, QueueSettings(segment_bytes=1)) as writer:
        for number in range(batches):
            writer.append([("a", one) for one in numbered(3 * number, 3 * number + 3)]).result(10)


def read_up_to(path: Path, position: int, group: str = "stillwatch") -> None:
    """A group tells that it has so many records behind it."""
    source = QueueSource(path, group)
    source.commit({next(iter(source.origins())): position})
    source.close()


def reopened(path: Path, settings: QueueSettings, now: int = 0) -> list[bytes]:
    """What is left once a writer with these settings has been at work."""
    QueueWriter(path, settings, now=lambda: now).close()
    return everything(path)["0"]


def test_what_nobody_read_stays(tmp_path: Path) -> None:
    """Neither size nor age lets records go before a reader has them behind it."""
    filled(tmp_path)
    settings = QueueSettings(segment_bytes=1, keep_bytes=0, keep_seconds=0, max_bytes=10**6)
    assert len(reopened(tmp_path, settings)) == 15


def test_what_every_group_read_goes_by_size(tmp_path: Path) -> None:
    """The slowest group decides; a segment goes once its last record is behind all of them."""
    filled(tmp_path)
    read_up_to(tmp_path, 11)
    read_up_to(tmp_path, 8, "other")
    assert reopened(tmp_path, QueueSettings(segment_bytes=1, keep_bytes=0)) == numbered(6, 15)


def test_a_file_of_no_group_decides_nothing(tmp_path: Path) -> None:
    """A copy of what a group told keeps no records, and does not stop the queue."""
    filled(tmp_path)
    read_up_to(tmp_path, 8)
    (tmp_path / "readers" / "stillwatch (copy).json").write_text('{"0":0}', encoding="utf-8")
    assert reopened(tmp_path, QueueSettings(segment_bytes=1, keep_bytes=0)) == numbered(6, 15)


def test_what_was_read_goes_by_age(tmp_path: Path) -> None:
    """Small enough to be kept, old segments go all the same."""
    filled(tmp_path)
    read_up_to(tmp_path, 15)
    for number, file in enumerate(segment_files(tmp_path)):
        os.utime(file, (number * 3600, number * 3600))
    assert reopened(tmp_path, QueueSettings(keep_seconds=3600), now=3 * HOUR) == numbered(6, 15)


def test_a_full_queue_takes_no_more_until_it_is_read(tmp_path: Path) -> None:
    """Beyond its limit a queue says so at once, and what to do; read and forgotten, it goes on."""
    filled(tmp_path)
    small = QueueSettings(segment_bytes=1, keep_bytes=0, max_bytes=2)
    with QueueWriter(tmp_path, small) as writer, pytest.raises(Full, match="limit of 2 bytes: see that"):
        writer.append([("a", b"{}")])
    read_up_to(tmp_path, 15)
    roomy = QueueSettings(segment_bytes=1, keep_bytes=0, max_bytes=100)
    with QueueWriter(tmp_path, roomy) as writer:
        writer.append([("a", b"{}")]).result(10)


def test_told_to_a_queue_forgets_the_unread(tmp_path: Path) -> None:
    """With `drop_unread` the oldest records make room; a reader goes on at what is left."""
    filled(tmp_path)
    size = segment_files(tmp_path)[0].stat().st_size
    settings = QueueSettings(segment_bytes=1, max_bytes=2 * size + 10, drop_unread=True)
    assert reopened(tmp_path, settings) == numbered(9, 15)


def test_records_that_wait_are_bounded(tmp_path: Path) -> None:
    """More than may wait for the disk is refused, while a single large request is not."""
    settings = QueueSettings(pending_bytes=100)
    with QueueWriter(tmp_path, settings) as writer:
        writer.append([("a", b"x" * 1000)]).result(10)
        with pytest.raises(Full, match="bytes wait to be stored"):
            send_often(writer)


def send_often(writer: QueueWriter) -> None:
    """Faster than a disk is."""
    for _ in range(1000):
        writer.append([("a", b"x" * 90)])


def test_settings_that_cannot_be_are_refused() -> None:
    """The message names the setting."""
    with pytest.raises(ValueError, match="queue partitions is below 1"):
        QueueSettings(partitions=0)
    with pytest.raises(ValueError, match="queue max_bytes 100 is below 2 segments"):
        QueueSettings(max_bytes=100)
    with pytest.raises(ValueError, match="is below 5 segments of 100: the last one of each partition"):
        QueueSettings(partitions=4, segment_bytes=100, max_bytes=499)
