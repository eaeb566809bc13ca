from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import pytest
from kafka import KafkaConsumer
from kafka.admin import ACLOperation

from streaming.kafka import KafkaOutput
from streaming.kafka_settings import KafkaSecurity
from streaming.sink import SinkError, TooLarge
from tests.support.broker import PASSWORD, USERNAME, running_broker
from tests.support.topics import settings

if TYPE_CHECKING:
    from tests.support.broker import Broker

pytestmark = pytest.mark.kafka


def consumed(broker: Broker, topic: str, count: int) -> list[Any]:
    """The records of a topic."""
    consumer = KafkaConsumer(topic, bootstrap_servers=broker.address, auto_offset_reset="earliest")
    got: list[Any] = []
    while len(got) < count:
        got += [record for polled in consumer.poll(1000).values() for record in polled]
    consumer.close()
    return got


def test_one_producer_serves_several_topics(kafka_broker: Broker) -> None:
    """Each topic gets its records, and flushing one says nothing of another's failure."""
    kafka_broker.create_topic("out-alerts")
    kafka_broker.create_topic("out-verdicts", policy="compact")
    with KafkaOutput(settings(kafka_broker), {}) as output:
        alerts, verdicts = output.topic("out-alerts"), output.topic("out-verdicts", compacted=True)
        alerts.send("alert-1", {"score": 0.9})
        verdicts.send("account-1", {"label": "benign"})
        with pytest.raises(TooLarge, match="topic out-verdicts takes"):
            verdicts.send("account-2", "x" * 2_000_000)
        alerts.flush()
        verdicts.flush()
    for topic, key, value in (
        ("out-alerts", b"alert-1", {"score": 0.9}),
        ("out-verdicts", b"account-1", {"label": "benign"}),
    ):
        (record,) = consumed(kafka_broker, topic, 1)
        assert (record.key, json.loads(record.value)) == (key, value)


def test_a_topic_that_should_be_compacted_is_warned_of(
    kafka_broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    """The warning holds the command that mends it; a compacted topic, and one also deleted from, are well."""
    kafka_broker.create_topic("kept-all")
    kafka_broker.create_topic("kept-last", policy="compact,delete")
    with KafkaOutput(settings(kafka_broker), {}) as output:
        output.topic("kept-last", compacted=True)
        assert caplog.text == ""
        with caplog.at_level(logging.WARNING):
            output.topic("kept-all", compacted=True)
    assert "topic kept-all has cleanup.policy=delete" in caplog.text
    assert "--entity-name kept-all --add-config cleanup.policy=compact" in caplog.text


def test_a_login_that_may_not_ask_for_settings_may_write(
    kafka_broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    """What brokers do not tell is taken for what they usually have; the warning says what to allow."""
    kafka_broker.create_topic("out-silent", policy="compact")
    kafka_broker.deny("out-silent", ACLOperation.DESCRIBE_CONFIGS)
    security = KafkaSecurity("SASL_PLAINTEXT", "PLAIN", USERNAME, password_env="PASSWORD")
    login = settings(kafka_broker, brokers=(kafka_broker.sasl_address,), security=security)
    with KafkaOutput(login, {"PASSWORD": PASSWORD}) as output, caplog.at_level(logging.WARNING):
        sink = output.topic("out-silent", compacted=True)
        with pytest.raises(TooLarge):
            sink.send("a", "x" * 1_048_588)
        sink.send("a", "small")
        sink.flush()
    assert "whether topic out-silent is compacted is unknown" in caplog.text
    assert "allow the login DescribeConfigs" in caplog.text


def test_what_a_topic_finds_too_large_is_told_apart(kafka_broker: Broker) -> None:
    """Whatever it takes is stored, and what it would refuse never reaches it."""
    kafka_broker.create_topic("out-large")
    with KafkaOutput(settings(kafka_broker), {}) as output:
        sink = output.topic("out-large")
        sink.send("a", "before")
        with pytest.raises(TooLarge, match=r"topic out-large takes; raise its max\.message\.bytes"):
            sink.send("a", "x" * 1_048_588)
        # The default of a broker, as far as it goes.
        sink.send("a", "x" * (1_048_588 - 260))
        sink.flush()
    got = consumed(kafka_broker, "out-large", 2)
    assert [len(record.value) for record in got] == [len('"before"'), 1_048_588 - 258]


def test_a_key_keeps_its_order(kafka_broker: Broker) -> None:
    """Records of one key arrive once, in the order in which they were sent, with nothing left out."""
    kafka_broker.create_topic("out-ordered")
    with KafkaOutput(settings(kafka_broker), {}) as output:
        sink = output.topic("out-ordered")
        for n in range(100):
            sink.send("account-1", {"z": None, "n": n})
        sink.flush()
    got = consumed(kafka_broker, "out-ordered", 100)
    assert [json.loads(record.value) for record in got] == [{"z": None, "n": n} for n in range(100)]
    assert {record.key for record in got} == {b"account-1"}


def test_what_a_lost_broker_did_not_take_is_an_error() -> None:
    """A flush says how many records of which topic were not delivered; no broker at all is told at once."""
    with running_broker() as broker:
        broker.create_topic("out-lost")
        output = KafkaOutput(settings(broker, unreachable_seconds=2.0), {})
        sink = output.topic("out-lost")
        broker.kill()
        sink.send("a", {"n": 1})
        with pytest.raises(SinkError, match="1 records not delivered to topic out-lost"):
            sink.flush()
        output.close()
        with pytest.raises(SinkError, match="did not answer"):
            KafkaOutput(settings(broker, unreachable_seconds=0.5), {})


def test_a_missing_topic_is_an_error_that_names_it(kafka_broker: Broker) -> None:
    """An output opens only topics that exist."""
    with (
        KafkaOutput(settings(kafka_broker, unreachable_seconds=1.0), {}) as output,
        pytest.raises(SinkError, match="no topic out-absent"),
    ):
        output.topic("out-absent")
