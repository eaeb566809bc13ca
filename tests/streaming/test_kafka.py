from __future__ import annotations

import json
import logging
import threading
import time
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import pytest
from kafka import KafkaConsumer, KafkaProducer

from streaming.kafka import IDLE, KafkaSink, KafkaSource, SinkError
from streaming.kafka_settings import KafkaSecurity, KafkaSettings
from streaming.source import SourceError
from tests.support.broker import PASSWORD, USERNAME, Broker, running_broker

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from streaming.source import Block

pytestmark = pytest.mark.kafka

PATIENCE = 15.0
"""Seconds until a test gives up on records that should come."""


def settings(broker: Broker, **changes: Any) -> KafkaSettings:
    """Settings that do not wait long."""
    values: dict[str, Any] = {"brokers": (broker.address,), "poll_seconds": 0.2, "unreachable_seconds": 5.0}
    return KafkaSettings(**{**values, **changes})


def produce(
    broker: Broker,
    topic: str,
    values: Sequence[bytes | None],
    partition: int = 0,
    codec: str | None = None,
) -> None:
    """Write records to one partition."""
    producer = KafkaProducer(bootstrap_servers=broker.address, acks="all", compression_type=codec)
    for value in values:
        producer.send(topic, value=value, key=b"account", partition=partition)
    producer.flush()
    producer.close()


def take(source: KafkaSource, count: int) -> list[Block]:
    """Blocks until `count` records are there; the source must yield idle blocks."""
    deadline = time.monotonic() + PATIENCE
    taken: list[Block] = []
    for block in source.blocks():
        taken += [block] if block.records else []
        if sum(len(each.records) for each in taken) >= count:
            return taken
        assert time.monotonic() < deadline, f"only {taken} after {PATIENCE} s"
    return taken


def records(blocks: list[Block]) -> list[bytes]:
    """The records of all blocks."""
    return [record for block in blocks for record in block.records]


def numbered(first: int, end: int) -> list[bytes]:
    """Records that can be told apart."""
    return [b'{"n": %d}' % n for n in range(first, end)]


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


def test_a_missing_topic_is_named_and_not_created(kafka_broker: Broker) -> None:
    """Source and sink refuse a topic that does not exist, on a broker that would create it."""
    with pytest.raises(SourceError, match="no topic absent"):
        KafkaSource(settings(kafka_broker, topics=("absent",)), {})
    with pytest.raises(SinkError, match="no topic absent"):
        KafkaSink(settings(kafka_broker, unreachable_seconds=1.0), "absent", {})


def test_nothing_to_read_is_an_error(kafka_broker: Broker) -> None:
    """A source needs topics or a pattern."""
    with pytest.raises(SourceError, match="both empty"):
        KafkaSource(settings(kafka_broker), {})


def test_no_broker_is_an_error_with_the_address() -> None:
    """An address where nobody listens is named, together with what to check."""
    nowhere = KafkaSettings(brokers=("127.0.0.1:9",), topics=("any",), unreachable_seconds=0.5)
    with pytest.raises(SourceError, match=r"Kafka at 127\.0\.0\.1:9 did not answer .* check kafka brokers"):
        KafkaSource(nowhere, {})
    with pytest.raises(SinkError, match=r"Kafka at 127\.0\.0\.1:9 did not answer"):
        KafkaSink(nowhere, "any", {})


def login(broker: Broker, password_file: Path | None = None, **changes: Any) -> KafkaSettings:
    """Settings that log in with the password of the file, or else of the variable SECRET."""
    security = KafkaSecurity(
        protocol="SASL_PLAINTEXT",
        mechanism="PLAIN",
        username=USERNAME,
        password_env=None if password_file else "SECRET",
        password_file=password_file,
    )
    return settings(broker, brokers=(broker.sasl_address,), topics=("secured",), security=security, **changes)


def test_a_login_with_the_password_of_the_environment(kafka_broker: Broker) -> None:
    """SASL works with a password from a variable, and with one from a file."""
    kafka_broker.create_topic("secured")
    with KafkaSink(login(kafka_broker), "secured", {"SECRET": PASSWORD}) as sink:
        sink.send("a", {"n": 1})
        sink.flush()
    with KafkaSource(login(kafka_broker), {"SECRET": PASSWORD}, idle_blocks=True) as source:
        assert records(take(source, 1)) == [b'{"n":1}']


def test_a_login_with_the_password_of_a_file(kafka_broker: Broker, tmp_path: Path) -> None:
    """The file may end in a line break, as editors leave it."""
    secret = tmp_path / "password"
    secret.write_text(f"{PASSWORD}\n")
    with KafkaSink(login(kafka_broker, secret), "secured", {}) as sink:
        sink.send("a", {"n": 2})
        sink.flush()


def test_a_wrong_password_is_a_clear_error_that_does_not_show_it(
    kafka_broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    """A refused login names the user and the setting; the password is in no message and no log line."""
    caplog.set_level(logging.DEBUG)
    with pytest.raises(SourceError, match=f"the login: user {USERNAME}, mechanism PLAIN") as caught:
        KafkaSource(login(kafka_broker, unreachable_seconds=2.0), {"SECRET": "a wrong password"})
    assert "a wrong password" not in caplog.text + str(caught.value)


def test_a_password_that_is_not_there_names_the_variable(kafka_broker: Broker) -> None:
    """A variable that is not set is an error before any connection is made."""
    with pytest.raises(SourceError, match="environment variable SECRET is not set"):
        KafkaSource(login(kafka_broker), {})


def test_the_sink_writes_json_under_its_key_in_order(kafka_broker: Broker) -> None:
    """Records arrive once, in order, with key and JSON value."""
    kafka_broker.create_topic("sunk")
    with KafkaSink(settings(kafka_broker), "sunk", {}) as sink:
        for n in range(100):
            sink.send("account-1", {"z": None, "n": n})
        sink.flush()
    consumer = KafkaConsumer("sunk", bootstrap_servers=kafka_broker.address, auto_offset_reset="earliest")
    got: list[Any] = []
    while len(got) < 100:
        got += [record for polled in consumer.poll(1000).values() for record in polled]
    consumer.close()
    assert [json.loads(record.value) for record in got] == [{"z": None, "n": n} for n in range(100)]
    assert {record.key for record in got} == {b"account-1"}


def test_a_record_that_the_broker_refuses_is_an_error(kafka_broker: Broker) -> None:
    """A record over the size limit is refused with the topic's name, and the next one goes through."""
    kafka_broker.create_topic("limited")
    with KafkaSink(settings(kafka_broker), "limited", {}) as sink:
        with pytest.raises(SinkError, match="1 records not delivered to topic limited"):
            sink.send("a", "x" * 2_000_000)
        sink.send("a", "fits")
        sink.flush()


@pytest.fixture(name="fragile", scope="module")
def fragile_broker() -> Iterator[Broker]:
    """A broker of its own for tests that kill it."""
    with running_broker() as broker:
        broker.create_topic("fragile")
        yield broker


def test_a_source_outlives_a_crash_of_the_broker(fragile: Broker) -> None:
    """After a crash and a restart the same source reads on and commits."""
    produce(fragile, "fragile", numbered(0, 2))
    reading = settings(fragile, topics=("fragile",), group="survivor", unreachable_seconds=30.0)
    with KafkaSource(reading, {}, idle_blocks=True) as source:
        take(source, 2)
        fragile.kill()
        assert next(source.blocks()) == IDLE
        fragile.start()
        produce(fragile, "fragile", numbered(2, 4))
        assert records(take(source, 2)) == numbered(2, 4)
        assert source.commit({"fragile/0": 4})


def test_a_broker_that_stays_away_is_an_error(fragile: Broker) -> None:
    """Source and sink give up after the configured time and say what to check, and close all the same."""
    source = KafkaSource(
        settings(fragile, topics=("fragile",), unreachable_seconds=1.0), {}, idle_blocks=True
    )
    sink = KafkaSink(settings(fragile, unreachable_seconds=1.0), "fragile", {})
    fragile.kill()
    sink.send("a", {"n": 1})
    with pytest.raises(SinkError, match="1 records not delivered"):
        sink.flush()
    with pytest.raises(SourceError, match="did not answer"):
        take(source, 1)
    sink.close()
    source.close()
