"""Short waits and small records: what the tests of Kafka's source and sink share."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from streaming.kafka_settings import KafkaSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from streaming.partitions import Polled
    from tests.support.broker import Broker

PATIENCE: Final = 15.0
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


def committed(broker: Broker, group: str, origin: str) -> int | None:
    """What the broker remembers of a group's progress."""
    topic, _, partition = origin.rpartition("/")
    consumer = KafkaConsumer(bootstrap_servers=broker.address, group_id=group, enable_auto_commit=False)
    offset: int | None = consumer.committed(TopicPartition(topic, int(partition)))
    consumer.close()
    return offset


def numbered(first: int, end: int) -> list[bytes]:
    """Records that can be told apart."""
    return [b'{"n": %d}' % n for n in range(first, end)]


class Reader:
    """Reads a share of partitions as a worker would, and remembers what it was told."""

    def __init__(
        self,
        poll: Callable[[float], Polled],
        seek: Callable[[str, int | None], None],
        stored: Mapping[str, int] | None = None,
    ) -> None:
        """Begin each origin at its stored position, or where settings say."""
        self._poll = poll
        self._seek = seek
        self.stored = dict(stored or {})
        self.owned: set[str] = set()
        self.revoked: list[str] = []
        self.records: dict[str, list[bytes]] = {}
        self.positions: dict[str, list[int]] = {}

    @property
    def count(self) -> int:
        """Records so far."""
        return sum(map(len, self.records.values()))

    def turn(self, timeout: float = 0.2) -> Polled:
        """Poll once and do what is due."""
        polled = self._poll(timeout)
        self.owned -= set(polled.revoked)
        self.revoked += polled.revoked
        self.owned |= set(polled.assigned)
        for origin in polled.assigned:
            self._seek(origin, self.stored.get(origin))
        for block in polled.blocks:
            assert block.origin in self.owned
            self.records.setdefault(block.origin, []).extend(block.records)
            self.positions.setdefault(block.origin, []).extend(block.positions)
            self.stored[block.origin] = block.positions[-1] + 1
        return polled

    def until(self, true: Callable[[], bool]) -> None:
        """Take turns until something is so, or fail after `PATIENCE`."""
        deadline = time.monotonic() + PATIENCE
        while not true():
            self.turn()
            assert time.monotonic() < deadline, f"not so after {PATIENCE} s; {self.records}, {self.owned}"

    def during(self, seconds: float) -> None:
        """Take turns for some time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.turn()
