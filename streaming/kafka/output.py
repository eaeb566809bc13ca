"""Keyed JSON records to topics of Kafka, by one idempotent producer (KIP-98)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Self

import msgspec
from kafka import KafkaProducer, errors
from kafka.admin import KafkaAdminClient

from streaming.kafka.connection import CLOSE_SECONDS, connected, explain, sink_error
from streaming.kafka.options import producer_options
from streaming.kafka.topics import MOST_BYTES, ask
from streaming.kafka_settings import where
from streaming.sink import SinkError, TooLarge

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streaming.kafka.topics import Topic
    from streaming.kafka_settings import KafkaSettings

logger = logging.getLogger(__name__)


class KafkaOutput:
    """One producer for several topics, acknowledged by all in-sync replicas; used by one thread."""

    def __init__(self, settings: KafkaSettings, environ: Mapping[str, str]) -> None:
        """Connect; raises `SinkError` if that is impossible."""
        self._settings = settings
        self._environ = environ
        self._producer = connected(KafkaProducer, sink_error, settings, environ, **producer_options(settings))

    def topic(self, name: str, *, compacted: bool = False) -> TopicSink:
        """A sink of the topic `name`; raises `SinkError` if it does not exist.

        One that should be compacted (keep the last record of each key for ever) and is not is warned of.
        """
        self._require(name)
        topic = ask(self._settings, self._environ, name)
        if compacted and (problem := topic.compaction_problem(self._settings)):
            logger.warning("%s", problem)
        return TopicSink(self._producer, topic, self._settings)

    def close(self) -> None:
        """Disconnect; records that were not flushed are given up after the delivery time."""
        try:
            self._producer.close(_patience(self._settings))
        except errors.KafkaError as error:
            raise sink_error(error, self._settings) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _require(self, topic: str) -> None:
        try:
            known = self._producer.partitions_for(topic)
        except errors.KafkaTimeoutError:
            known = None
        except errors.KafkaError as error:
            raise sink_error(error, self._settings) from error
        if not known:
            # To a producer a topic that does not exist and brokers that are away look alike.
            connected(KafkaAdminClient, sink_error, self._settings, self._environ).close()
            raise SinkError(
                f"{where(self._settings)}: no topic {topic}, or the login may not see it; "
                "create it or allow the login to describe and write it"
            )


class TopicSink:
    """A `Sink` of one topic; made by `KafkaOutput.topic`."""

    def __init__(self, producer: Any, topic: Topic, settings: KafkaSettings) -> None:
        self._producer = producer
        self._topic = topic
        self._settings = settings
        self._pending: list[Any] = []

    @property
    def record_bytes(self) -> int:
        """What the topic takes of a key and a value together."""
        return self._topic.record_bytes

    def send(self, key: str, value: object, partition: int | None = None) -> None:
        """Queue one record, `value` as JSON (what msgspec encodes); one key keeps its order.

        Without `partition` the key decides. Raises `SinkError` if the record is refused at once, and with
        `TooLarge` one that the topic does not take: a broker's own refusal ends an idempotent producer.
        """
        data, name = msgspec.json.encode(value, order="deterministic"), key.encode()
        if len(name) + len(data) > self._topic.record_bytes:
            raise TooLarge(
                f"{where(self._settings)}: a record of {len(data)} bytes is more than topic "
                f"{self._topic.name} takes; raise its {MOST_BYTES}"
            )
        record = {"key": name, "value": data, "partition": partition}
        try:
            self._pending.append(self._producer.send(self._topic.name, **record))
        except errors.KafkaError as error:
            raise self._undelivered(error, 1) from error

    def flush(self) -> None:
        """Wait until every queued record is stored; raises `SinkError` if one was not.

        Whatever the outcome nothing stays queued: after an error the caller sends its batch again, under
        the same keys and ids.
        """
        pending, self._pending = self._pending, []
        if not pending:
            return
        try:
            self._producer.flush(_patience(self._settings))
        except errors.KafkaError as error:
            raise self._undelivered(error, len(pending)) from error
        failed = [future for future in pending if not future.succeeded()]
        if failed:
            raise self._undelivered(failed[0].exception, len(failed))

    def _undelivered(self, error: BaseException, count: int) -> SinkError:
        return SinkError(
            f"{count} records not delivered to topic {self._topic.name}; {explain(error, self._settings)}"
        )


def _patience(settings: KafkaSettings) -> float:
    return settings.unreachable_seconds + CLOSE_SECONDS
