"""What kafka-python's consumers share: subscribing, blocks, and asking whether brokers are there."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from kafka import TopicPartition, errors

from streaming.kafka.connection import AWAY, explain, source_error
from streaming.kafka.options import millis
from streaming.kafka_settings import missing_topics, where
from streaming.silence import PROBE_SECONDS
from streaming.source import Block, SourceError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streaming.kafka.batches import Plain
    from streaming.kafka_settings import KafkaSettings
    from streaming.silence import Silence

logger = logging.getLogger(__name__)


def subscribe(consumer: Any, settings: KafkaSettings, listener: Any = None) -> None:
    """Join the group for the topics of `settings`; raises `SourceError` if one does not exist."""
    if settings.pattern is not None:
        # The client matches beginnings of names; anchoring keeps `usage` from reading `usage-alerts`.
        consumer.subscribe(pattern=rf"(?:{settings.pattern})\Z", listener=listener)
        return
    try:
        problem = missing_topics(settings, consumer.topics() if settings.topics else ())
    except errors.KafkaError as error:
        raise source_error(error, settings) from error
    if problem is not None:
        raise SourceError(problem)
    consumer.subscribe(topics=list(settings.topics), listener=listener)


def check_brokers(consumer: Any, silence: Silence, settings: KafkaSettings) -> None:
    """Ask, when it is due, whether they are there; raises `SourceError` once they were gone for too long."""
    if not silence.due:
        return
    try:
        consumer.bootstrap(timeout_ms=millis(PROBE_SECONDS), refresh=True)
    except AWAY as error:
        if silence.unanswered():
            raise SourceError(explain(error, settings)) from error
        logger.warning("%s has not answered for %.0f s; trying again", where(settings), silence.seconds)
    except errors.KafkaError as error:
        raise source_error(error, settings) from error
    else:
        silence.heard()


def block_of(part: TopicPartition, records: Sequence[Plain]) -> Block:
    """Records of one partition; those without a value (tombstones) and blank ones are left out."""
    kept = [(offset, value) for offset, value in records if value and not value.isspace()]
    return Block(
        records=[value for _, value in kept],
        origin=origin_of(part),
        positions=[offset for offset, _ in kept],
        bytes_read=sum(len(value) for _, value in records if value is not None),
    )


def origin_of(part: TopicPartition) -> str:
    """The origin of `Block` for a partition."""
    return f"{part.topic}/{part.partition}"


def part_of(origin: str) -> TopicPartition:
    """The partition that an origin names."""
    topic, _, partition = origin.rpartition("/")
    return TopicPartition(topic, int(partition))
