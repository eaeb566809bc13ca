"""Which topics a consumer of confluent-kafka reads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from streaming.kafka_settings import missing_topics
from streaming.silence import PROBE_SECONDS
from streaming.source import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from confluent_kafka import Consumer, TopicPartition

    from streaming.kafka_settings import KafkaSettings

    Rebalanced = Callable[[Consumer, list[TopicPartition]], None]

DONE: Final = float("inf")


class Subscription:
    """Topics by name, or those that a pattern matches at the time.

    librdkafka would match patterns by a dialect of its own; matched here, they mean the same for every
    client.
    """

    def __init__(
        self,
        consumer: Consumer,
        settings: KafkaSettings,
        clock: Callable[[], float],
        assigned: Rebalanced,
        revoked: Rebalanced,
    ) -> None:
        """Subscribe; raises `SourceError` if a topic does not exist, KafkaException if brokers do not answer.

        `revoked` also hears of partitions that were lost without a rebalance.
        """
        self._consumer = consumer
        self._settings = settings
        self._clock = clock
        self._callbacks = (assigned, revoked)
        self._topics: set[str] = set()
        known = self._known(settings.unreachable_seconds) if settings.topics or settings.pattern else set()
        if problem := missing_topics(settings, known):
            raise SourceError(problem)
        self._due = DONE if settings.pattern is None else clock() + settings.discovery_seconds
        self._subscribe(known)

    def renew(self) -> None:
        """Look for new topics of the pattern, when it is time to."""
        now = self._clock()
        if now >= self._due:
            self._due = now + self._settings.discovery_seconds
            self._subscribe(self._known(PROBE_SECONDS))

    def origins(self) -> set[str]:
        """All partitions of the topics; raises KafkaException if brokers do not answer."""
        known = self._consumer.list_topics(timeout=self._settings.unreachable_seconds).topics
        return {
            f"{topic}/{part}" for topic in self._topics if topic in known for part in known[topic].partitions
        }

    def _subscribe(self, known: set[str]) -> None:
        pattern = self._settings.pattern
        wanted = {name for name in known if pattern is None or re.fullmatch(pattern, name)}
        if pattern is None:
            wanted &= set(self._settings.topics)
        else:
            wanted = {name for name in wanted if not name.startswith("__")}
        if wanted and wanted != self._topics:
            assigned, revoked = self._callbacks
            self._consumer.subscribe(sorted(wanted), on_assign=assigned, on_revoke=revoked, on_lost=revoked)
            self._topics = wanted

    def _known(self, timeout: float) -> set[str]:
        return set(self._consumer.list_topics(timeout=timeout).topics)
