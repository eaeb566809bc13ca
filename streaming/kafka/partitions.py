"""A worker's share of Kafka's partitions, read by kafka-python.

Members divide partitions by the cooperative sticky assignor (KIP-429): a rebalance takes only those away
that move. Rebalances come by the client's listener, not by comparing assignments, or a partition that was
lost and came back within one poll would go unnoticed. A partition waits, paused, from when it is assigned
until `seek`, so that nothing is ever read from where the group once was.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from typing import TYPE_CHECKING, Any, Self

from kafka import KafkaConsumer, OffsetAndMetadata, errors
from kafka.consumer.subscription_state import ConsumerRebalanceListener
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor

from streaming.handover import Handover
from streaming.kafka.batches import read_by_batches
from streaming.kafka.connection import CLOSE_SECONDS, connected, explain, source_error
from streaming.kafka.joining import finish_joins
from streaming.kafka.options import consumer_options, millis
from streaming.kafka.records import block_of, check_brokers, origin_of, part_of, subscribe
from streaming.kafka_settings import no_position
from streaming.partitions import Polled, Progress
from streaming.silence import PROBE_SECONDS, Silence
from streaming.source import Block, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from kafka import TopicPartition

    from streaming.kafka.batches import Plain
    from streaming.kafka_settings import KafkaSettings

logger = logging.getLogger(__name__)


class KafkaPartitions:
    """A `PartitionedSource` of Apache Kafka's classic consumer group (KIP-62)."""

    def __init__(
        self,
        settings: KafkaSettings,
        environ: Mapping[str, str],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Connect and join; raises `SourceError` if that is impossible.

        `environ` is where `password_env` is looked up; `clock` gives seconds and only times the checks of
        brokers that went quiet.
        """
        self._settings = settings
        self._silence = Silence(settings.unreachable_seconds, clock)
        self._stopped = False
        self._owned: set[str] = set()
        self._waiting: set[str] = set()
        self._held: set[str] = set()
        self._unsent: dict[str, int] = {}
        options = consumer_options(settings)
        options["partition_assignment_strategy"] = (CooperativeStickyAssignor,)
        # Where nothing is stored `seek` decides; this is for offsets that retention has deleted meanwhile.
        options["auto_offset_reset"] = "none" if settings.auto_offset_reset == "none" else "earliest"
        self._consumer = connected(KafkaConsumer, source_error, settings, environ, **options)
        read_by_batches(self._consumer)
        finish_joins(self._consumer)
        self._listener = _Listener(self._consumer)
        try:
            subscribe(self._consumer, settings, self._listener)
        except BaseException:
            self.close()
            raise

    def poll(self, timeout: float) -> Polled:
        """As `PartitionedSource.poll`."""
        if self._stopped:
            return Polled()
        try:
            polled = self._consumer.poll(millis(timeout))
        except errors.KafkaError as error:
            raise source_error(error, self._settings) from error
        revoked, assigned = self._rebalanced()
        blocks = [block for part, records in polled.items() if (block := self._block(part, records))]
        if polled:
            self._silence.heard()
        else:
            check_brokers(self._consumer, self._silence, self._settings)
        return Polled(revoked, assigned, blocks)

    def seek(self, origin: str, position: int | None) -> None:
        """As `PartitionedSource.seek`."""
        if origin not in self._owned:
            return
        part = part_of(origin)
        try:
            self._begin(part, position)
            if origin not in self._held:
                self._consumer.resume(part)
        except (ValueError, KeyError, errors.IllegalStateError):
            # Lost since the last poll, as the next one will say.
            return
        self._waiting.discard(origin)

    def pause(self, origins: Iterable[str]) -> None:
        """As `PartitionedSource.pause`."""
        ours = self._owned.intersection(origins)
        self._held |= ours
        self._consumer.pause(*self._present(ours))

    def resume(self, origins: Iterable[str]) -> None:
        """As `PartitionedSource.resume`."""
        ours = self._held.intersection(origins)
        self._held -= ours
        self._consumer.resume(*self._present(ours - self._waiting))

    def commit(self, offsets: Mapping[str, int]) -> None:
        """As `PartitionedSource.commit`; another owner's progress is not overwritten."""
        ours = {origin: offset for origin, offset in offsets.items() if origin in self._owned}
        if not ours:
            return
        self._unsent.update(ours)
        self._consumer.commit_async(_offsets(ours), callback=self._sent)

    def progress(self) -> dict[str, Progress]:
        """As `PartitionedSource.progress`."""
        parts = self._present(self._owned)
        if not parts:
            return {}
        try:
            ends = self._consumer.end_offsets(parts, timeout_ms=millis(PROBE_SECONDS))
            return {origin_of(part): self._progress(part, ends[part]) for part in parts}
        except errors.KafkaError as error:
            logger.info("lag unknown: %s", explain(error, self._settings))
            return {}

    def origins(self) -> set[str]:
        """As `PartitionedSource.origins`."""
        try:
            return {
                f"{topic}/{part}"
                for topic in self._consumer.subscription() or ()
                for part in self._consumer.partitions_for_topic(topic) or ()
            }
        except errors.KafkaError as error:
            raise source_error(error, self._settings) from error

    def stop(self) -> None:
        """As `PartitionedSource.stop`."""
        self._stopped = True

    def close(self) -> None:
        """As `PartitionedSource.close`."""
        try:
            if self._unsent:
                self._consumer.commit(_offsets(self._unsent), timeout_ms=millis(CLOSE_SECONDS))
        except errors.KafkaError as error:
            logger.info("offsets not committed at the end: %s", type(error).__name__)
        finally:
            self._consumer.close(autocommit=False, timeout_ms=millis(CLOSE_SECONDS))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _rebalanced(self) -> tuple[frozenset[str], frozenset[str]]:
        changes = Handover()
        while self._listener.events:
            gained, origins = self._listener.events.popleft()
            if gained:
                changes.assign(origins)
                self._owned |= origins
                self._waiting |= origins
            else:
                changes.revoke(origins)
                self._owned -= origins
                self._waiting -= origins
                self._held -= origins
                self._unsent = {o: at for o, at in self._unsent.items() if o not in origins}
        return changes.tell()

    def _block(self, part: TopicPartition, records: list[Plain]) -> Block | None:
        origin = origin_of(part)
        if origin not in self._owned or origin in self._waiting:
            return None
        block = block_of(part, records)
        return block if block.records else None

    def _begin(self, part: TopicPartition, position: int | None) -> None:
        if position is not None:
            self._consumer.seek(part, position)
        elif self._settings.auto_offset_reset == "earliest":
            self._consumer.seek_to_beginning(part)
        elif self._settings.auto_offset_reset == "latest":
            self._consumer.seek_to_end(part)
        else:
            raise SourceError(no_position(self._settings, origin_of(part)))

    def _present(self, origins: Iterable[str]) -> list[TopicPartition]:
        assigned = self._consumer.assignment()
        return [part for origin in sorted(origins) if (part := part_of(origin)) in assigned]

    def _progress(self, part: TopicPartition, end: int) -> Progress:
        if origin_of(part) in self._waiting:
            return Progress(None, None)
        position = self._consumer.position(part, timeout_ms=0)
        return Progress(position, None if position is None else max(0, end - position))

    def _sent(self, offsets: Mapping[TopicPartition, OffsetAndMetadata], outcome: object) -> None:
        if isinstance(outcome, Exception):
            logger.info("offsets not committed: %s", type(outcome).__name__)
            return
        for part, committed in offsets.items():
            if self._unsent.get(origin_of(part)) == committed.offset:
                self._unsent.pop(origin_of(part), None)


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # kafka-python has no types
    """Notes changes, and pauses what is new before anything can be fetched; runs on the client's thread."""

    def __init__(self, consumer: Any) -> None:
        self._consumer = consumer
        self.events: deque[tuple[bool, frozenset[str]]] = deque()

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        self.events.append((False, frozenset(map(origin_of, revoked))))

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        for part in assigned:
            # Any position will do until `seek`: without one the client would ask the group for its own.
            self._consumer.seek(part, 0)
            self._consumer.pause(part)
        self.events.append((True, frozenset(map(origin_of, assigned))))


def _offsets(offsets: Mapping[str, int]) -> dict[TopicPartition, OffsetAndMetadata]:
    return {part_of(origin): OffsetAndMetadata(offset) for origin, offset in offsets.items()}
