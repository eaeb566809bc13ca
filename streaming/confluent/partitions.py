"""A worker's share of Kafka's partitions, read by confluent-kafka.

Members divide partitions by the cooperative sticky assignor (KIP-429). A partition that the group gave us
is handed to the client only by `seek`, with its position: librdkafka refuses to move one whose fetching is
just beginning, and so nothing is ever read from where the group once was.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Final, Self

from confluent_kafka import (
    OFFSET_BEGINNING,
    OFFSET_END,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    TopicPartition,
)

from streaming.confluent.messages import blocks_of, explain, failure, origin_of, part_of
from streaming.confluent.options import consumer_options
from streaming.confluent.subscription import Subscription
from streaming.handover import Handover
from streaming.kafka_settings import no_position, unanswered, where
from streaming.partitions import Polled, Progress
from streaming.silence import PROBE_SECONDS, Silence
from streaming.source import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from streaming.kafka_settings import KafkaSettings

logger = logging.getLogger(__name__)

BEGINNINGS: Final = {"earliest": OFFSET_BEGINNING, "latest": OFFSET_END}


class ConfluentPartitions:
    """A `PartitionedSource` of Apache Kafka's classic consumer group (KIP-62)."""

    def __init__(
        self,
        settings: KafkaSettings,
        environ: Mapping[str, str],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Connect and join; as `streaming.kafka.KafkaPartitions`."""
        self._settings = settings
        self._silence = Silence(settings.unreachable_seconds, clock)
        self._stopped = False
        self._changes = Handover()
        self._owned: set[str] = set()
        self._held: set[str] = set()
        self._positions: dict[str, int] = {}
        self._trouble: list[KafkaError] = []
        self._consumer = self._connected(environ)
        try:
            self._subscription = Subscription(
                self._consumer, settings, clock, self._on_assigned, self._on_revoked
            )
        except BaseException as error:
            self._consumer.close()
            if isinstance(error, KafkaException):
                raise failure(error, settings, self._trouble) from error
            raise

    def poll(self, timeout: float) -> Polled:
        """As `PartitionedSource.poll`."""
        if self._stopped:
            return Polled()
        try:
            self._subscription.renew()
            messages = self._messages(timeout)
        except KafkaException as error:
            raise failure(error, self._settings, self._trouble) from error
        # Before the changes are told, or a position would outlive the partition's loss.
        records = [message for message in messages if self._is_record(message)]
        if messages:
            self._silence.heard()
        elif self._silence.due:
            self._check_brokers()
        revoked, assigned = self._changes.tell()
        return Polled(revoked, assigned, blocks_of(records))

    def seek(self, origin: str, position: int | None) -> None:
        """As `PartitionedSource.seek`."""
        if origin not in self._owned:
            return
        part = part_of(origin, self._beginning(origin) if position is None else position)
        try:
            if origin in self._positions:
                self._consumer.incremental_unassign([part])
            self._consumer.incremental_assign([part])
            if origin in self._held:
                self._consumer.pause([part])
        except KafkaException as error:
            raise failure(error, self._settings, self._trouble) from error
        self._positions[origin] = part.offset

    def pause(self, origins: Iterable[str]) -> None:
        """As `PartitionedSource.pause`."""
        ours = self._owned.intersection(origins)
        self._held |= ours
        self._consumer.pause(self._started(ours))

    def resume(self, origins: Iterable[str]) -> None:
        """As `PartitionedSource.resume`."""
        ours = self._held.intersection(origins)
        self._held -= ours
        self._consumer.resume(self._started(ours))

    def commit(self, offsets: Mapping[str, int]) -> None:
        """As `PartitionedSource.commit`; another owner's progress is not overwritten."""
        ours = [part_of(origin, offset) for origin, offset in offsets.items() if origin in self._owned]
        if not ours:
            return
        try:
            self._consumer.commit(offsets=ours, asynchronous=True)
        except KafkaException as error:
            logger.info("offsets not committed: %s", explain(error, self._settings, self._trouble))

    def progress(self) -> dict[str, Progress]:
        """As `PartitionedSource.progress`."""
        try:
            return {origin: self._progress(origin) for origin in sorted(self._owned)}
        except KafkaException as error:
            logger.info("lag unknown: %s", explain(error, self._settings, self._trouble))
            return {}

    def origins(self) -> set[str]:
        """As `PartitionedSource.origins`."""
        try:
            return self._subscription.origins()
        except KafkaException as error:
            raise failure(error, self._settings, self._trouble) from error

    def stop(self) -> None:
        """As `PartitionedSource.stop`."""
        self._stopped = True

    def close(self) -> None:
        """As `PartitionedSource.close`."""
        self._consumer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _connected(self, environ: Mapping[str, str]) -> Consumer:
        # The library logs logins below INFO, and only what it is configured to; then by this logger.
        try:
            options = consumer_options(self._settings, environ)
            return Consumer(
                {**options, "error_cb": self._trouble.append, "on_commit": _on_commit},
                logger=logging.getLogger("confluent_kafka"),
            )
        except (KafkaException, OSError, ValueError) as error:
            raise failure(error, self._settings, self._trouble) from error

    def _messages(self, timeout: float) -> list[Message]:
        """What one poll brings: `consume` alone would wait until as many are there as it may take."""
        first = self._consumer.poll(timeout)
        if first is None:
            return []
        return [first, *self._consumer.consume(self._settings.max_poll_records - 1, timeout=0)]

    def _is_record(self, message: Message) -> bool:
        error = message.error()
        if error is not None and error.code() != KafkaError._PARTITION_EOF:  # noqa: SLF001 - the client's own errors are named so
            self._heed(error)
            return False
        origin = origin_of(message)
        if origin not in self._positions:
            return False
        at = message.offset()
        if at is not None:
            self._positions[origin] = at + (error is None)
        return error is None

    def _heed(self, error: KafkaError) -> None:
        """The client recovers from most by itself."""
        hopeless = (
            KafkaError.TOPIC_AUTHORIZATION_FAILED,
            KafkaError.GROUP_AUTHORIZATION_FAILED,
            KafkaError.INCONSISTENT_GROUP_PROTOCOL,
            KafkaError._AUTO_OFFSET_RESET,  # noqa: SLF001 - as above
        )
        if error.fatal() or error.code() in hopeless:
            raise SourceError(explain(KafkaException(error), self._settings, self._trouble))
        logger.warning("%s: %s", where(self._settings), error.str())

    def _check_brokers(self) -> None:
        try:
            self._consumer.list_topics(timeout=PROBE_SECONDS)
        except KafkaException as error:
            if self._silence.unanswered():
                at = where(self._settings)
                raise SourceError(f"{at} {unanswered(self._settings)}") from error
            logger.warning(
                "%s has not answered for %.0f s; trying again", where(self._settings), self._silence.seconds
            )
        else:
            self._silence.heard()
            self._trouble.clear()

    def _beginning(self, origin: str) -> int:
        if self._settings.auto_offset_reset not in BEGINNINGS:
            raise SourceError(no_position(self._settings, origin))
        return BEGINNINGS[self._settings.auto_offset_reset]

    def _progress(self, origin: str) -> Progress:
        position = self._positions.get(origin, -1)
        if position < 0:
            return Progress(None, None)
        ends = self._consumer.get_watermark_offsets(part_of(origin), timeout=PROBE_SECONDS)
        if ends is None:
            raise KafkaException(KafkaError(KafkaError._TIMED_OUT))  # noqa: SLF001 - as above
        return Progress(position, max(0, ends[1] - position))

    def _started(self, origins: Iterable[str]) -> list[TopicPartition]:
        return [part_of(origin) for origin in sorted(origins) if origin in self._positions]

    def _on_assigned(self, consumer: Consumer, parts: list[TopicPartition]) -> None:
        consumer.incremental_assign([])
        origins = {origin_of(part) for part in parts}
        self._owned |= origins
        self._changes.assign(origins)

    def _on_revoked(self, consumer: Consumer, parts: list[TopicPartition]) -> None:
        origins = {origin_of(part) for part in parts}
        consumer.incremental_unassign(self._started(origins))
        self._owned -= origins
        self._held -= origins
        for origin in origins:
            self._positions.pop(origin, None)
        self._changes.revoke(origins)


def _on_commit(error: KafkaError | None, _: list[TopicPartition]) -> None:
    if error is not None:
        logger.info("offsets not committed: %s", error.str())
