"""What both clients of Kafka do beyond the contract of a `PartitionedSource`, on a real broker."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any, get_args

import pytest
from kafka import KafkaProducer

from streaming.kafka_settings import Client, KafkaSecurity, KafkaSettings
from streaming.open_partitions import open_partitions
from streaming.partitions import Progress
from streaming.source import SourceError
from tests.support.broker import PASSWORD, USERNAME, Broker, running_broker
from tests.support.topics import PATIENCE, Reader, numbered, produce, settings

if TYPE_CHECKING:
    from pathlib import Path

    from streaming.partitions import PartitionedSource

pytestmark = pytest.mark.kafka


@pytest.fixture(name="client", params=get_args(Client))
def each_client(request: pytest.FixtureRequest) -> Client:
    """The client library under test."""
    name: Client = request.param
    return name


def opened(
    broker: Broker, client: Client, topic: str, environ: dict[str, str] | None = None, **changes: Any
) -> PartitionedSource:
    """A source of one topic, in a group of its own, with short sessions."""
    values = {"group": f"{client}-{topic}", "session_seconds": 3.0, "max_poll_seconds": 10.0, **changes}
    return open_partitions(settings(broker, client=client, **{"topics": (topic,), **values}), environ or {})


def filled(broker: Broker, client: Client, name: str, partitions: int = 1, count: int = 10) -> str:
    """A topic of this client's with numbered records in each partition."""
    topic = f"{name}-{client}"
    broker.create_topic(topic, partitions)
    for partition in range(partitions):
        produce(broker, topic, numbered(0, count), partition)
    return topic


def test_compressed_records_are_read(kafka_broker: Broker, client: Client) -> None:
    """Whoever produces chooses the compression, so all of Kafka's are understood."""
    topic = filled(kafka_broker, client, "packed", count=0)
    for codec in ("gzip", "snappy", "lz4", "zstd"):
        produce(kafka_broker, topic, numbered(0, 20), codec=codec)
    source = opened(kafka_broker, client, topic)
    reading = Reader(source.poll, source.seek)
    reading.until(lambda: reading.count == 80)
    source.close()
    assert reading.records == {f"{topic}/0": numbered(0, 20) * 4}


def test_where_nothing_is_stored_the_setting_decides(kafka_broker: Broker, client: Client) -> None:
    """Without a position reading begins at the oldest record, at the end, or not at all."""
    topic = filled(kafka_broker, client, "unstored")
    latest = opened(kafka_broker, client, topic, auto_offset_reset="latest", group=f"latest-{topic}")
    reading = Reader(latest.poll, latest.seek)
    reading.until(lambda: latest.progress() == {f"{topic}/0": Progress(10, 0)} or reading.count > 0)
    produce(kafka_broker, topic, numbered(10, 11))
    reading.until(lambda: reading.count > 0)
    latest.close()
    assert reading.positions == {f"{topic}/0": [10]}
    refusing = opened(kafka_broker, client, topic, auto_offset_reset="none", group=f"none-{topic}")
    reading = Reader(refusing.poll, refusing.seek)
    with pytest.raises(SourceError, match=f"no position is stored for {topic}/0"):
        reading.until(lambda: reading.count > 0)
    refusing.close()


def test_partitions_move_when_members_come_and_go(kafka_broker: Broker, client: Client) -> None:
    """A second member takes half over, and the first is told; when it leaves, they come back unread."""
    topic = filled(kafka_broker, client, "moving", partitions=4)
    origins = {f"{topic}/{n}" for n in range(4)}
    source = opened(kafka_broker, client, topic)
    first = Reader(source.poll, source.seek)
    first.until(lambda: first.count == 40)
    other = opened(kafka_broker, client, topic)
    second = Reader(other.poll, other.seek)
    done = threading.Event()
    member = threading.Thread(target=lambda: stay(second, other, done))
    member.start()
    first.until(lambda: len(second.owned) == 2)
    assert first.owned | second.owned == origins
    assert set(first.revoked) == second.owned
    source.seek(first.revoked[0], 0)
    first.during(0.5)
    assert first.count == 40
    first.until(lambda: second.count == 20)
    done.set()
    first.until(lambda: first.owned == origins)
    member.join(PATIENCE)
    source.close()


def stay(reading: Reader, source: PartitionedSource, done: threading.Event) -> None:
    """Take part in a group until `done`."""
    while not done.is_set():
        reading.turn()
    source.close()


def test_both_clients_divide_one_group(kafka_broker: Broker) -> None:
    """Workers can be moved to the other client one by one: each reads its share, once."""
    topic = filled(kafka_broker, "kafka-python", "mixed", partitions=4)
    sources = [opened(kafka_broker, client, topic, group=topic) for client in get_args(Client)]
    first, second = (Reader(source.poll, source.seek) for source in sources)
    done = threading.Event()
    member = threading.Thread(target=lambda: stay(second, sources[1], done))
    member.start()
    first.until(lambda: len(first.owned) == len(second.owned) == 2)
    done.set()
    first.until(lambda: len(first.owned) == 4)
    member.join(PATIENCE)
    sources[0].close()


def test_markers_of_transactions_are_no_lag(kafka_broker: Broker, client: Client) -> None:
    """Once a transaction's records are read nothing is behind; records of an aborted one never come."""
    topic = filled(kafka_broker, client, "transactions", count=0)
    producer = KafkaProducer(bootstrap_servers=kafka_broker.address, transactional_id=topic)
    producer.init_transactions()
    for value, end in ((b"kept", producer.commit_transaction), (b"gone", producer.abort_transaction)):
        producer.begin_transaction()
        producer.send(topic, value)
        producer.flush()
        end()
    producer.close()
    source = opened(kafka_broker, client, topic)
    reading = Reader(source.poll, source.seek)
    reading.until(lambda: source.progress() == {f"{topic}/0": Progress(4, 0)})
    source.close()
    assert reading.records == {f"{topic}/0": [b"kept"]}


def test_what_cannot_be_read_is_an_error_at_once(kafka_broker: Broker, client: Client) -> None:
    """A misspelt topic is named and not created, nothing to read and nobody there say what to check."""
    for _ in range(2):
        with pytest.raises(SourceError, match=f"no topic absent-{client}"):
            opened(kafka_broker, client, f"absent-{client}")
    with pytest.raises(SourceError, match="both empty"):
        opened(kafka_broker, client, "any", topics=())
    nowhere = KafkaSettings(("127.0.0.1:9",), ("any",), client=client, unreachable_seconds=0.5)
    with pytest.raises(SourceError, match=r"Kafka at 127\.0\.0\.1:9 did not answer .* check kafka brokers"):
        open_partitions(nowhere, {})


def test_a_pattern_matches_whole_names_now_and_later(kafka_broker: Broker, client: Client) -> None:
    """Topics that match are read, also new ones; one that only begins like them is not."""
    kafka_broker.create_topic(f"pattern-{client}-eu-alerts")
    produce(kafka_broker, f"pattern-{client}-eu-alerts", [b"no"])
    pattern = rf"pattern-{client}-(?:eu|us)"
    source = opened(kafka_broker, client, "", topics=(), pattern=pattern, discovery_seconds=0.5)
    reading = Reader(source.poll, source.seek)
    reading.during(0.5)
    for topic in (f"pattern-{client}-eu", f"pattern-{client}-us"):
        kafka_broker.create_topic(topic)
        produce(kafka_broker, topic, [topic.encode()])
    reading.until(lambda: reading.count >= 2)
    source.close()
    assert sorted(reading.records) == [f"pattern-{client}-eu/0", f"pattern-{client}-us/0"]


def test_a_join_that_outlasts_a_poll_is_gone_on_with(kafka_broker: Broker, client: Client) -> None:
    """Who waits for a slower member when a topic comes gets a share, however short the polls were."""
    changes: dict[str, Any] = {"topics": (), "pattern": f"join-{client}-.*", "discovery_seconds": 0.5}
    kafka_broker.create_topic(f"join-{client}-old", 2)
    members = [opened(kafka_broker, client, f"join-{client}", **changes) for _ in range(2)]
    first, second = (Reader(member.poll, member.seek) for member in members)

    def have(partitions: int) -> bool:
        second.turn()
        return len(first.owned) == len(second.owned) == partitions

    first.until(lambda: have(1))
    kafka_broker.create_topic(f"join-{client}-new", 2)
    first.during(1.5)
    first.until(lambda: have(2))
    assert not first.owned & second.owned
    for member in members:
        member.close()


def test_a_login_and_its_refusal(
    kafka_broker: Broker, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """The right password is let in; a wrong one is an error that names the user, and is shown nowhere."""
    caplog.set_level(logging.DEBUG)
    topic = filled(kafka_broker, client, "login")
    security = KafkaSecurity("SASL_PLAINTEXT", "PLAIN", USERNAME, password_env="SECRET")
    changes: dict[str, Any] = {"brokers": (kafka_broker.sasl_address,), "security": security}
    source = opened(kafka_broker, client, topic, {"SECRET": PASSWORD}, **changes)
    reading = Reader(source.poll, source.seek)
    reading.until(lambda: reading.count == 10)
    source.close()
    with pytest.raises(SourceError, match=f"login.* {USERNAME}") as caught:
        opened(kafka_broker, client, topic, {"SECRET": "a wrong one"}, unreachable_seconds=1.0, **changes)
    assert "a wrong one" not in str(caught.value) + caplog.text
    assert PASSWORD not in caplog.text
    with pytest.raises(SourceError, match="environment variable SECRET is not set"):
        opened(kafka_broker, client, topic, **changes)


def test_a_password_may_be_in_a_file(kafka_broker: Broker, client: Client, tmp_path: Path) -> None:
    """The file may end in a line break, as editors leave it."""
    topic = filled(kafka_broker, client, "secret-file")
    secret = tmp_path / "password"
    secret.write_text(f"{PASSWORD}\n")
    security = KafkaSecurity("SASL_PLAINTEXT", "PLAIN", USERNAME, password_file=secret)
    source = opened(kafka_broker, client, topic, brokers=(kafka_broker.sasl_address,), security=security)
    reading = Reader(source.poll, source.seek)
    reading.until(lambda: reading.count == 10)
    source.close()


def test_a_broker_is_known_by_its_certificate(kafka_broker: Broker, client: Client) -> None:
    """Over TLS a broker with a certificate of the trusted authority is read, another is refused."""
    topic = filled(kafka_broker, client, "certified")
    trusting = KafkaSecurity("SSL", ca_file=kafka_broker.certificate.authority)
    changes: dict[str, Any] = {"brokers": (kafka_broker.tls_address,), "security": trusting}
    source = opened(kafka_broker, client, topic, **changes)
    reading = Reader(source.poll, source.seek)
    reading.until(lambda: reading.count == 10)
    source.close()
    changes |= {"security": replace(trusting, ca_file=None), "unreachable_seconds": 1.0}
    with pytest.raises(SourceError, match="the listener speaks SSL"):
        opened(kafka_broker, client, topic, **changes)


def test_a_crash_of_the_broker_is_outlived_unless_it_lasts() -> None:
    """After a restart sources read on, without gap or repetition; brokers that stay away are an error."""
    with running_broker() as broker:
        topic = filled(broker, "kafka-python", "crash")
        patient = [joined(broker, client, topic, 30.0) for client in get_args(Client)]
        broker.kill()
        for source, reading in patient:
            reading.during(0.2)
            assert source.progress() == {}
        broker.start()
        produce(broker, topic, numbered(10, 20))
        for source, reading in patient:
            read(reading, 20)
            source.close()
            assert reading.positions == {f"{topic}/0": list(range(20))}
        hasty = [joined(broker, client, topic, 3.0) for client in get_args(Client)]
        broker.kill()
        for source, reading in hasty:
            with pytest.raises(SourceError, match="did not answer"):
                reading.during(PATIENCE)
            source.close()


def joined(
    broker: Broker, client: Client, topic: str, unreachable_seconds: float
) -> tuple[PartitionedSource, Reader]:
    """A source that read something already."""
    source = opened(broker, client, topic, unreachable_seconds=unreachable_seconds)
    reading = Reader(source.poll, source.seek)
    read(reading, 10)
    return source, reading


def read(reading: Reader, count: int) -> None:
    """Read until there are `count` records."""
    reading.until(lambda: reading.count >= count)
