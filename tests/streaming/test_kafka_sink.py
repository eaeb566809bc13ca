from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from kafka import KafkaConsumer

from streaming.kafka import KafkaSink
from streaming.sink import SinkError
from tests.support.topics import settings

if TYPE_CHECKING:
    from tests.support.broker import Broker

pytestmark = pytest.mark.kafka


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
