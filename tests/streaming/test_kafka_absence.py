from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from streaming.kafka import IDLE, KafkaSink, KafkaSource
from streaming.kafka_settings import KafkaSettings
from streaming.sink import SinkError
from streaming.source import SourceError
from tests.support.broker import Broker, running_broker
from tests.support.topics import numbered, produce, records, settings, take

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.kafka


def test_a_missing_topic_is_named_and_not_created(kafka_broker: Broker) -> None:
    """Source and sink refuse a topic that does not exist, on a broker that would create it."""
    with pytest.raises(SourceError, match="no topic absent"):
        KafkaSource(settings(kafka_broker, topics=("absent",)), {})
    with pytest.raises(SinkError, match="no topic absent"):
        KafkaSink(settings(kafka_broker, unreachable_seconds=1.0), "absent", {})


def test_no_broker_is_an_error_with_the_address() -> None:
    """An address where nobody listens is named, together with what to check."""
    nowhere = KafkaSettings(brokers=("127.0.0.1:9",), topics=("any",), unreachable_seconds=0.5)
    with pytest.raises(SourceError, match=r"Kafka at 127\.0\.0\.1:9 did not answer .* check kafka brokers"):
        KafkaSource(nowhere, {})
    with pytest.raises(SinkError, match=r"Kafka at 127\.0\.0\.1:9 did not answer"):
        KafkaSink(nowhere, "any", {})


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
    take(source, 1)
    fragile.kill()
    sink.send("a", {"n": 1})
    with pytest.raises(SinkError, match="1 records not delivered"):
        sink.flush()
    with pytest.raises(SourceError, match="did not answer"):
        source.commit({"fragile/0": 1})
    with pytest.raises(SourceError, match="did not answer"):
        take(source, 1)
    sink.close()
    source.close()
