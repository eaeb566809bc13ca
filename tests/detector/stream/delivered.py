"""What the output topics hold, beside what the store does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from kafka import KafkaConsumer, TopicPartition

if TYPE_CHECKING:
    from tests.support.broker import Broker
    from tests.support.live import Stream


def assert_delivered(stream: Stream) -> None:
    """Every revision is in the topic of alerts, in order of version; verdicts end as in the store."""
    store = stream.store()
    alerts = [stored.alert for stored in store.alerts(0, 1_000_000)]
    verdicts = {one.verdict.account_id: one for one in store.verdicts(0, 1_000_000)}
    store.close()
    sent = _records(stream.broker, stream.topics.alerts)
    first = dict.fromkeys(record.value for record in sent)
    assert list(first) == [alert.body for alert in alerts]
    assert {record.key.decode() for record in sent} == {alert.alert_id for alert in alerts}

    last = {
        record.key.decode(): msgspec.json.decode(record.value)
        for record in _records(stream.broker, stream.topics.verdicts)
    }
    assert last.keys() == verdicts.keys()
    for account_id, said in last.items():
        stored = verdicts[account_id]
        assert said["version"] == stored.version, account_id
        assert said["label"] == stored.verdict.label
        assert said["campaign_id"] == stored.verdict.campaign_id


def _records(broker: Broker, topic: str) -> list[Any]:
    consumer = KafkaConsumer(bootstrap_servers=broker.address, auto_offset_reset="earliest")
    part = TopicPartition(topic, 0)
    consumer.assign([part])
    end = consumer.end_offsets([part])[part]
    found: list[Any] = []
    while consumer.position(part) < end:
        found += [record for polled in consumer.poll(500).values() for record in polled]
    consumer.close()
    return found
