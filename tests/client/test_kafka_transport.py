from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from kafka import KafkaConsumer
from stillwatch_client import EventShipper, ShipperSettings
from stillwatch_client.kafka_transport import KafkaTransport
from stillwatch_client.transport import Line

from tests.client.conditions import eventually

if TYPE_CHECKING:
    from tests.support.broker import Broker

pytestmark = pytest.mark.kafka


def test_events_of_an_account_stay_in_order_in_one_partition(kafka_broker: Broker) -> None:
    """Keyed by account, each event once."""
    kafka_broker.create_topic("client-events", partitions=3)
    transport = KafkaTransport(kafka_broker.address, "client-events", 10.0)
    with EventShipper(transport, ShipperSettings(linger=0.05, batch_events=7)) as shipper:
        for number in range(40):
            assert shipper.send({"event_id": f"e{number}", "account_id": f"a{number % 4}"})
        assert eventually(lambda: shipper.counters.get("delivered") == 40, 20.0)
    consumer = KafkaConsumer(
        "client-events",
        bootstrap_servers=kafka_broker.address,
        auto_offset_reset="earliest",
        consumer_timeout_ms=2000,
    )
    read = [(record.key.decode(), record.partition, json.loads(record.value)) for record in consumer]
    consumer.close()
    for account in ("a0", "a1", "a2", "a3"):
        mine = [(partition, int(event["event_id"][1:])) for key, partition, event in read if key == account]
        assert mine == sorted(mine)
        assert len(mine) == 10
        assert len({partition for partition, _ in mine}) == 1


def test_a_broker_that_is_not_there_keeps_the_events() -> None:
    """They are not lost but tried again."""
    transport = KafkaTransport("127.0.0.1:1", "none", 0.5)
    delivery = transport.deliver([Line("a", b"{}")])
    assert (delivery.delivered, len(delivery.unsent)) == (0, 1)
    assert delivery.problem
    transport.close()
