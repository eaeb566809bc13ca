"""Damage, locks and other trouble with the files of a queue."""

from __future__ import annotations

import logging
import resource
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from streaming.queue.settings import QueueSettings
from streaming.queue.source import QueueSource
from streaming.queue.writer import QueueWriter
from streaming.sink import SinkError
from streaming.source import SourceError
from tests.streaming.queue.queues import everything, segment_files
from tests.support.topics import Reader, numbered

if TYPE_CHECKING:
    from pathlib import Path


def write(path: Path, *batches: list[bytes], settings: QueueSettings | None = None) -> None:
    """Append batches one after the other."""
    with QueueWriter(path, settings) as writer:
        for records in batches:
            writer.append([("account", record) for record in records]).result(10)


def test_only_one_process_writes(tmp_path: Path) -> None:
    """A second writer is told who the first is, and nothing changes."""
    with QueueWriter(tmp_path) as writer:
        with pytest.raises(SinkError, match=r"written by process \d+: stop that, or give"):
            QueueWriter(tmp_path)
        writer.append([("account", b"{}")]).result(10)
    write(tmp_path, [b"{}"])
    assert everything(tmp_path) == {"0": [b"{}", b"{}"]}


def test_only_one_process_reads_as_a_group(tmp_path: Path) -> None:
    """A second reader is told who the first is; another group reads everything once more."""
    write(tmp_path, numbered(0, 3))
    source = QueueSource(tmp_path, "first")
    with pytest.raises(SourceError, match=r"read by process \d+ as group first: stop that"):
        QueueSource(tmp_path, "first")
    assert everything(tmp_path, "second") == {"0": numbered(0, 3)}
    source.close()


@pytest.mark.parametrize("group", ["", ".", "../up", "a/b", "a" * 101])
def test_a_group_has_a_name(tmp_path: Path, group: str) -> None:
    """What could lead out of the directory is refused."""
    write(tmp_path, [b"{}"])
    with pytest.raises(SourceError, match="is no name"):
        QueueSource(tmp_path, group)


def test_a_directory_without_a_queue_is_an_error(tmp_path: Path) -> None:
    """A misspelt path is not made into a queue by reading it."""
    with pytest.raises(SourceError, match="no queue is there; check the path"):
        QueueSource(tmp_path / "absent")
    (tmp_path / "queue.json").write_text('{"format": 9, "name": "q", "partitions": 1}')
    with pytest.raises(SinkError, match="format 9 is not 1"):
        QueueWriter(tmp_path)
    assert not (tmp_path / "absent").exists()


def test_a_torn_tail_is_cut_off_and_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The rest of a batch that was not finished goes, with a warning that quotes nothing of it."""
    write(tmp_path, numbered(0, 3), numbered(3, 6))
    last = segment_files(tmp_path)[-1]
    last.write_bytes(last.read_bytes()[:-1])
    caplog.set_level(logging.WARNING)
    write(tmp_path, [b"{}"])
    assert everything(tmp_path) == {"0": [*numbered(0, 3), b"{}"]}
    assert "bytes of an unfinished batch" in caplog.text


def test_damage_before_whole_batches_is_no_torn_tail(tmp_path: Path) -> None:
    """What was promised and lost its integrity stops reader and writer, instead of being cut off."""
    write(tmp_path, numbered(0, 3), numbered(3, 6))
    last = segment_files(tmp_path)[-1]
    data = bytearray(last.read_bytes())
    data[50] ^= 1
    last.write_bytes(data)
    with pytest.raises(SourceError, match="damaged from byte 0 on: restore"):
        everything(tmp_path)
    with pytest.raises(SinkError, match="damaged from byte 0 on, and whole again from byte"):
        QueueWriter(tmp_path)
    assert last.read_bytes() == data


def test_a_segment_that_is_gone_is_passed_over_and_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Records that an operator moved away are missed with a warning; those after them are read."""
    tiny = QueueSettings(segment_bytes=1)
    write(tmp_path, numbered(0, 3), numbered(3, 6), numbered(6, 9), settings=tiny)
    segment_files(tmp_path)[1].unlink()
    source = QueueSource(tmp_path)
    reading = Reader(source.poll, source.seek)
    reading.until(lambda: reading.count == 6)
    source.close()
    assert [*reading.records.values()] == [[*numbered(0, 3), *numbered(6, 9)]]
    assert "3 records of" in caplog.text


def test_a_failed_write_leaves_nothing_and_may_be_tried_again(tmp_path: Path) -> None:
    """Where the disk refuses a batch its sender is told, and the next one follows the last that is there."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    noise = b"{" + bytes(range(128)) * 64 + b"}"
    with QueueWriter(tmp_path) as writer:
        writer.append([("account", b"{}")]).result(10)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
        try:
            refused = writer.append([("account", noise)])
            with pytest.raises(SinkError, match="cannot be written"):
                refused.result(10)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        writer.append([("account", b"[]")]).result(10)
    assert everything(tmp_path) == {"0": [b"{}", b"[]"]}


def test_many_threads_append_at_once(tmp_path: Path) -> None:
    """Everybody's records are there once, each sender's in its order."""
    with QueueWriter(tmp_path, QueueSettings(partitions=3, segment_bytes=500)) as writer:

        def send(name: str) -> None:
            for number in range(30):
                writer.append([(name, b'{"%s": %d}' % (name.encode(), number))]).result(10)

        threads = [threading.Thread(target=send, args=(f"t{number}",)) for number in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    found = everything(tmp_path)
    for number in range(5):
        expected = [b'{"t%d": %d}' % (number, record) for record in range(30)]
        homes = [[one for one in records if one in expected] for records in found.values()]
        assert expected in homes
        assert sum(map(len, homes)) == 30


def test_a_reader_follows_a_writer(tmp_path: Path) -> None:
    """What is appended while somebody reads arrives, over the ends of segments."""
    with QueueWriter(tmp_path, QueueSettings(segment_bytes=100)) as writer:
        source = QueueSource(tmp_path)
        reading = Reader(source.poll, source.seek)
        for number in range(20):
            writer.append([("account", b"%d" % number)]).result(10)
            reading.until(lambda wanted=number + 1: reading.count == wanted)  # type: ignore[misc]  # a default's type is not inferred
        source.close()
    assert len(segment_files(tmp_path)) > 2


def test_after_closing_nothing_is_taken(tmp_path: Path) -> None:
    """Whoever sends to a writer that is being closed is told to send elsewhere."""
    writer = QueueWriter(tmp_path)
    writer.close()
    with pytest.raises(SinkError, match="being closed; send again"):
        writer.append([("account", b"{}")])


def test_an_end_that_is_told_too_low_repeats_nothing(tmp_path: Path) -> None:
    """After a loss of power the end may be an old one; a reader waits at its position for the writer."""
    write(tmp_path, numbered(0, 3), numbered(3, 6))
    (tmp_path / "ends").write_bytes((4).to_bytes(8, sys.byteorder))
    source = QueueSource(tmp_path)
    (origin,) = source.origins()
    source.seek(origin, 6)
    assert source.poll(0).assigned == {origin}
    assert source.poll(0).blocks == []
    write(tmp_path, numbered(6, 9))
    (block,) = source.poll(5).blocks
    assert (block.records, block.positions) == (numbered(6, 9), [6, 7, 8])
    source.close()
