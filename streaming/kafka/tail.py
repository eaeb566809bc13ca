"""The records of one topic from now on, for whoever learns of earlier ones elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from kafka import KafkaConsumer, TopicPartition, errors

from streaming.kafka.connection import CLOSE_SECONDS, connected, source_error
from streaming.kafka.options import consumer_options, millis
from streaming.kafka_settings import missing_topics
from streaming.source import SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streaming.kafka_settings import KafkaSettings


class KafkaTail:
    """All partitions of one topic, of no group: each reader gets every record; used by one thread.

    While it exists no record is skipped, also of partitions that are added.
    """

    def __init__(self, settings: KafkaSettings, environ: Mapping[str, str]) -> None:
        """Connect; raises `SourceError` if that is impossible or there is no such topic."""
        (self._topic,) = settings.topics
        self._settings = settings
        options = consumer_options(settings) | {"group_id": None, "auto_offset_reset": "earliest"}
        self._consumer = connected(KafkaConsumer, source_error, settings, environ, **options)
        try:
            self._begin()
        except BaseException:
            self.close()
            raise

    def poll(self, timeout: float) -> list[bytes]:
        """Values that arrived, waiting at most `timeout` seconds; raises `SourceError`."""
        try:
            self._grow()
            polled = self._consumer.poll(millis(timeout))
        except errors.KafkaError as error:
            raise source_error(error, self._settings) from error
        return [record.value for records in polled.values() for record in records if record.value is not None]

    def close(self) -> None:
        """Disconnect."""
        self._consumer.close(timeout_ms=millis(CLOSE_SECONDS))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _begin(self) -> None:
        try:
            problem = missing_topics(self._settings, self._consumer.topics())
            if problem is None:
                self._grow()
                self._consumer.seek_to_end()
                # Where the end is would else be asked at the first poll, and be later.
                for part in self._consumer.assignment():
                    self._consumer.position(part)
        except errors.KafkaError as error:
            raise source_error(error, self._settings) from error
        if problem is not None:
            raise SourceError(problem)

    def _grow(self) -> None:
        """Read partitions that are new from their beginning."""
        numbers = self._consumer.partitions_for_topic(self._topic) or ()
        parts = {TopicPartition(self._topic, number) for number in numbers}
        if not parts <= self._consumer.assignment():
            self._consumer.assign(sorted(parts | self._consumer.assignment()))
