from __future__ import annotations

import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING

import pytest

from streaming.kafka import IDLE, KafkaSource
from streaming.source import SourceError
from tests.support.topics import PATIENCE, numbered, produce, records, settings, take

if TYPE_CHECKING:
    from streaming.kafka_settings import KafkaSettings
    from tests.support.broker import Broker

pytestmark = pytest.mark.kafka


def test_records_come_in_order_with_their_origin_and_offsets(kafka_broker: Broker) -> None:
    """A partition's records arrive in order, each with its offset; tombstones and blanks are left out."""
    kafka_broker.create_topic("ordered")
    produce(kafka_broker, "ordered", [b'{"n": 0}', None, b" \n", b'{"n": 1}'])
    with KafkaSource(
        settings(kafka_broker, topics=("ordered",), group="ordered"), {}, idle_blocks=True
    ) as source:
        blocks = take(source, 2)
    assert records(blocks) == numbered(0, 2)
    assert {block.origin for block in blocks} == {"ordered/0"}
    assert [position for block in blocks for position in block.positions] == [0, 3]


@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd"])
def test_compressed_records_are_read(kafka_broker: Broker, codec: str) -> None:
    """Whoever produces chooses the compression, so all of Kafka's are understood."""
    kafka_broker.create_topic(f"packed-{codec}")
    produce(kafka_broker, f"packed-{codec}", numbered(0, 50), codec=codec)
    reading = settings(kafka_broker, topics=(f"packed-{codec}",), group=codec)
    with KafkaSource(reading, {}, idle_blocks=True) as source:
        assert records(take(source, 50)) == numbered(0, 50)


def test_a_poll_is_bounded(kafka_broker: Broker) -> None:
    """No block holds more than the configured number of records."""
    kafka_broker.create_topic("bounded")
    produce(kafka_broker, "bounded", numbered(0, 25))
    changed = settings(kafka_broker, topics=("bounded",), group="bounded", max_poll_records=10)
    with KafkaSource(changed, {}, idle_blocks=True) as source:
        blocks = take(source, 25)
    assert max(len(block.records) for block in blocks) <= 10
    assert records(blocks) == numbered(0, 25)


def test_a_restarted_consumer_continues_after_its_commit(kafka_broker: Broker) -> None:
    """What was committed is not read again, what was read without a commit is."""
    kafka_broker.create_topic("restart")
    produce(kafka_broker, "restart", numbered(0, 10))
    reading = settings(kafka_broker, topics=("restart",), group="restart")
    with KafkaSource(reading, {}, idle_blocks=True) as first:
        assert records(take(first, 10)) == numbered(0, 10)
        assert first.commit({"restart/0": 6})
    with KafkaSource(reading, {}, idle_blocks=True) as second:
        assert records(take(second, 4)) == numbered(6, 10)


def test_a_member_is_told_what_it_may_no_longer_commit(kafka_broker: Broker) -> None:
    """A second member takes a partition over: the first one's commit of both is reported, its own is not."""
    kafka_broker.create_topic("shared", partitions=2)
    for partition in (0, 1):
        produce(kafka_broker, "shared", numbered(0, 5), partition)
    reading = settings(kafka_broker, topics=("shared",), group="shared")
    taken: SimpleQueue[str] = SimpleQueue()
    done = threading.Event()
    second = threading.Thread(target=hold_a_share, args=(reading, taken, done))
    with KafkaSource(reading, {}, idle_blocks=True) as first:
        take(first, 10)
        second.start()
        for _ in first.blocks():
            if not taken.empty():
                break
        kept = {"shared/0", "shared/1"} - {taken.get()}
        assert not first.commit({"shared/0": 5, "shared/1": 5})
        assert first.commit(dict.fromkeys(kept, 5))
        done.set()
        second.join(PATIENCE)


def hold_a_share(reading: KafkaSettings, taken: SimpleQueue[str], done: threading.Event) -> None:
    """A member that tells the first origin it reads, and stays until `done`."""
    with KafkaSource(reading, {}, idle_blocks=True) as source:
        for block in source.blocks():
            if block.records:
                taken.put(block.origin)
            if done.is_set():
                return


def test_a_pattern_reads_topics_whose_whole_name_matches(kafka_broker: Broker) -> None:
    """Two matching topics are read, one that only begins like them is not."""
    for topic in ("usage-eu", "usage-us", "usage-us-alerts"):
        kafka_broker.create_topic(topic)
        produce(kafka_broker, topic, [topic.encode()])
    changed = settings(kafka_broker, pattern="usage-[a-z]+", group="pattern")
    with KafkaSource(changed, {}, idle_blocks=True) as source:
        assert sorted(records(take(source, 2))) == [b"usage-eu", b"usage-us"]


def test_a_topic_that_appears_later_is_found(kafka_broker: Broker) -> None:
    """A pattern may match nothing at first."""
    changed = settings(kafka_broker, pattern="later-.*", group="later", discovery_seconds=0.5)
    with KafkaSource(changed, {}, idle_blocks=True) as source:
        assert next(source.blocks()) == IDLE
        kafka_broker.create_topic("later-1")
        produce(kafka_broker, "later-1", [b"{}"])
        assert records(take(source, 1)) == [b"{}"]


def test_stop_ends_the_blocks_and_a_commit_is_still_possible(kafka_broker: Broker) -> None:
    """After `stop` no further block comes, and the last one can be committed."""
    kafka_broker.create_topic("stopped")
    produce(kafka_broker, "stopped", numbered(0, 3))
    with KafkaSource(settings(kafka_broker, topics=("stopped",), group="stopped"), {}) as source:
        seen = []
        for block in source.blocks():
            seen += block.records
            if len(seen) == 3:
                source.stop()
        assert source.commit({"stopped/0": 3})
    assert seen == numbered(0, 3)


def test_nothing_to_read_is_an_error(kafka_broker: Broker) -> None:
    """A source needs topics or a pattern."""
    with pytest.raises(SourceError, match="both empty"):
        KafkaSource(settings(kafka_broker), {})
