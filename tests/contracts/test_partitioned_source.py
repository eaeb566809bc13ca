"""What every `PartitionedSource` does, on the real log that it reads."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, get_args

import pytest

from streaming.kafka_settings import Client
from streaming.partitions import Polled, Progress
from tests.support.partitioned import EmbeddedQueue, KafkaTopic, Partitioned
from tests.support.topics import Reader, numbered

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KAFKA = [pytest.param(client, marks=pytest.mark.kafka) for client in get_args(Client)]


@pytest.fixture(name="log", params=[*KAFKA, "queue"])
def each_log(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Partitioned]:
    """A log under test that is still to be made."""
    if request.param != "queue":
        yield KafkaTopic(request.getfixturevalue("kafka_broker"), request.param)
        return
    with ExitStack() as stack:
        yield EmbeddedQueue(tmp_path / "queue", stack)


def filled(log: Partitioned, partitions: int = 1, count: int = 10) -> None:
    """Make a log with numbered records in each partition."""
    log.make(partitions)
    for partition in range(partitions):
        log.write(numbered(0, count), partition)


def test_records_come_in_order_with_their_offsets(log: Partitioned) -> None:
    """Each partition's records arrive once, in order; those without a value and blanks are left out."""
    log.make(2)
    log.write([b'{"n": 0}', None, b" \n", b'{"n": 1}', None])
    log.write(numbered(0, 50), 1)
    source = log.open(max_poll_records=20)
    reading = Reader(source.poll, source.seek)
    reading.until(lambda: reading.count == 52)
    source.close()
    assert reading.records == {log.origin(0): numbered(0, 2), log.origin(1): numbered(0, 50)}
    assert reading.positions == {log.origin(0): [0, 3], log.origin(1): list(range(50))}


def test_all_partitions_are_known_to_each_member(log: Partitioned) -> None:
    """Whoever owns what, each member can name all partitions of what is read."""
    filled(log, partitions=3)
    source = log.open()
    reading = Reader(source.poll, source.seek)
    reading.until(lambda: reading.count == 30)
    origins = source.origins()
    source.close()
    assert origins == {log.origin(part) for part in range(3)}


def test_a_poll_is_bounded(log: Partitioned) -> None:
    """No poll brings more records than the setting allows."""
    filled(log, count=25)
    source = log.open(max_poll_records=10)
    reading = Reader(source.poll, source.seek)
    sizes: list[int] = []
    while reading.count < 25:
        sizes.append(sum(len(block.records) for block in reading.turn().blocks))
    source.close()
    assert max(sizes) <= 10


def test_nothing_is_read_before_it_is_said_from_where(log: Partitioned) -> None:
    """An assigned partition is silent until `seek`, whatever `resume` says, and then begins there."""
    filled(log)
    source, origin = log.open(), log.origin(0)
    quiet = Reader(source.poll, lambda origin, _: source.resume([origin]))
    quiet.until(lambda: bool(quiet.owned))
    quiet.during(0.5)
    assert quiet.count == 0
    source.seek(origin, 7)
    told = Reader(source.poll, source.seek)
    told.owned = quiet.owned
    told.until(lambda: told.count == 3)
    source.seek(origin, 9)
    told.until(lambda: told.count == 4)
    source.close()
    assert told.positions == {origin: [7, 8, 9, 9]}


def test_a_position_that_is_not_there_goes_on_at_the_oldest(log: Partitioned) -> None:
    """A stored position beyond what the log holds is no error: what is left is read."""
    filled(log)
    source = log.open()
    reading = Reader(source.poll, source.seek, {log.origin(0): 5000})
    reading.until(lambda: reading.count == 10)
    source.close()
    assert reading.positions[log.origin(0)] == list(range(10))


def test_pausing_holds_records_back_and_keeps_membership(log: Partitioned) -> None:
    """Paused for longer than a member may be silent, a partition stays ours and then goes on."""
    filled(log)
    source, origin = log.open(), log.origin(0)
    reading = Reader(source.poll, source.seek)
    reading.until(lambda: reading.count == 10)
    source.pause([origin])
    log.write(numbered(10, 20))
    reading.during(log.silence)
    assert reading.count == 10
    source.resume([origin])
    reading.until(lambda: reading.count == 20)
    source.close()
    assert not reading.revoked
    assert reading.positions[origin] == list(range(20))


def test_a_partition_paused_before_its_position_is_known_stays_paused(log: Partitioned) -> None:
    """`seek` does not undo `pause`, and progress tells what waits."""
    filled(log)
    source, origin = log.open(), log.origin(0)
    reading = Reader(source.poll, lambda origin, _: source.pause([origin]))
    reading.until(lambda: bool(reading.owned))
    assert source.progress() == {origin: Progress(None, None)}
    source.seek(origin, 4)
    reading.during(0.5)
    assert reading.count == 0
    assert source.progress() == {origin: Progress(4, 6)}
    source.close()


def test_a_commit_is_seen_by_the_group(log: Partitioned) -> None:
    """What was committed before closing is there; a partition that is not ours is not committed."""
    filled(log)
    source, origin = log.open(), log.origin(0)
    reading = Reader(source.poll, source.seek)
    reading.until(lambda: reading.count == 10)
    source.commit({origin: 6, f"{origin}9": 3})
    source.close()
    assert log.committed(origin) == 6
    again = log.open()
    second = Reader(again.poll, again.seek, {origin: 8})
    second.until(lambda: second.count == 2)
    again.close()
    assert second.positions == {origin: [8, 9]}


def test_after_stop_nothing_comes(log: Partitioned) -> None:
    """A stopped source polls nothing, and can still be closed."""
    filled(log)
    source = log.open()
    source.stop()
    assert source.poll(1.0) == Polled()
    source.close()
