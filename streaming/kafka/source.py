"""Kafka as a source whose consumer group remembers how far reading came.

Delivery is at least once: an offset is committed only after its record was processed, so a crash or a
rebalance brings records back, and the reader counts each event id once. Group protocol and offsets are
Apache Kafka's classic consumer group (KIP-62, KIP-345).
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any, Final, Self

from kafka import KafkaConsumer, OffsetAndMetadata, TopicPartition, errors

from streaming.kafka.connection import CLOSE_SECONDS, connected, explain
from streaming.kafka.options import consumer_options, millis
from streaming.kafka.records import block_of, check_brokers, part_of, subscribe
from streaming.silence import Silence
from streaming.source import Block, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from streaming.kafka_settings import KafkaSettings

logger = logging.getLogger(__name__)

IDLE: Final = Block(records=[], origin="", positions=[])
"""Yielded after a poll without records, so that the reader can run what is due by the clock."""

REBALANCED: Final = (
    errors.CommitFailedError,
    errors.RebalanceInProgressError,
    errors.IllegalGenerationError,
    errors.UnknownMemberIdError,
)
"""What a commit meets when the group moved on without it: routine whenever a member joins or leaves."""


class KafkaSource:
    """Records of a consumer group's share of the partitions; a `Source` whose origin is `topic/partition`.

    One thread makes, reads, commits and closes it; any thread may call `stop`. Records without a value
    (tombstones) and blank ones are left out.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        environ: Mapping[str, str],
        *,
        idle_blocks: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Connect and subscribe; raises `SourceError` if that is impossible.

        `environ` is where `password_env` is looked up; with `idle_blocks` a poll without records yields
        `IDLE`; `clock` gives seconds and only times the checks of brokers that went quiet.
        """
        self._settings = settings
        self._idle_blocks = idle_blocks
        self._silence = Silence(settings.unreachable_seconds, clock)
        self._stopping = threading.Event()
        options = consumer_options(settings) | {"auto_offset_reset": settings.auto_offset_reset}
        self._consumer = connected(KafkaConsumer, SourceError, settings, environ, **options)
        try:
            subscribe(self._consumer, settings)
        except BaseException:
            self.close()
            raise

    def blocks(self) -> Iterator[Block]:
        """Yield each poll's records, one block a partition, until `stop`; raises `SourceError`."""
        while not self._stopping.is_set():
            polled = self._poll()
            if polled:
                yield from self._unless_stopped(polled)
            elif self._idle_blocks:
                yield IDLE

    def commit(self, offsets: Mapping[str, int]) -> bool:
        """Commit, per origin, the offset after the last processed record; wait until the brokers have it.

        False when the group rebalanced meanwhile and an origin now belongs to another member, who reads its
        records again: not an error, for events are counted by id. Raises `SourceError` for anything else.
        """
        owned = self._consumer.assignment()
        # Another owner's progress must not be overwritten with ours, which the brokers would accept.
        parts = {part_of(origin): offset for origin, offset in offsets.items()}
        ours = {part: OffsetAndMetadata(offset) for part, offset in parts.items() if part in owned}
        lost = len(offsets) - len(ours)
        try:
            self._consumer.commit(ours, timeout_ms=millis(self._settings.unreachable_seconds))
        except REBALANCED:
            lost = len(offsets)
        except errors.KafkaError as error:
            raise SourceError(explain(error, self._settings)) from error
        if lost:
            logger.warning(
                "rebalance: %d of %d offsets not committed, records are read again", lost, len(offsets)
            )
        return not lost

    def stop(self) -> None:
        """Let `blocks` end after the poll that is under way; what it yielded may still be committed."""
        self._stopping.set()

    def close(self) -> None:
        """Leave the group and disconnect, without committing."""
        self._consumer.close(autocommit=False, timeout_ms=millis(CLOSE_SECONDS))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _poll(self) -> dict[TopicPartition, list[Any]]:
        try:
            polled: dict[TopicPartition, list[Any]] = self._consumer.poll(millis(self._settings.poll_seconds))
        except errors.KafkaError as error:
            raise SourceError(explain(error, self._settings)) from error
        if polled:
            self._silence.heard()
        else:
            check_brokers(self._consumer, self._silence, self._settings)
        return polled

    def _unless_stopped(self, polled: dict[TopicPartition, list[Any]]) -> Iterator[Block]:
        for part, records in polled.items():
            block = block_of(part, records)
            if self._stopping.is_set():
                return
            if block.records:
                yield block
