"""Kafka as a source of usage events and a sink for results; the one module that imports `kafka`.

Delivery is at least once: an offset is committed only after its record was processed, so a crash or a
rebalance brings records back, and the reader counts each event id once. Group protocol and offsets are
Apache Kafka's classic consumer group (KIP-62, KIP-345); the sink is the idempotent producer (KIP-98).
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any, Final, Self

import msgspec
from kafka import KafkaConsumer, KafkaProducer, OffsetAndMetadata, TopicPartition, errors
from kafka.net.compat import KafkaNetClient

from streaming.kafka_settings import connection_options, consumer_options, millis, producer_options
from streaming.sink import SinkError
from streaming.source import Block, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from streaming.kafka_settings import KafkaSettings

logger = logging.getLogger(__name__)

QUIET_SECONDS: Final = 10.0
"""How long polls may find nothing before the brokers are asked whether they are there."""

PROBE_SECONDS: Final = 2.0
"""How long they may take to answer that."""

CLOSE_SECONDS: Final = 5.0
"""Patience with brokers that do not answer a goodbye."""

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
        self._clock = clock
        self._answered = clock()
        self._probed = self._answered
        self._stopping = threading.Event()
        self._consumer = _connected(
            KafkaConsumer, SourceError, settings, environ, **consumer_options(settings)
        )
        try:
            self._subscribe()
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
        ours = {
            part: OffsetAndMetadata(offsets[origin]) for origin in offsets if (part := _part(origin)) in owned
        }
        lost = len(offsets) - len(ours)
        try:
            self._consumer.commit(ours, timeout_ms=millis(self._settings.unreachable_seconds))
        except REBALANCED:
            lost = len(offsets)
        except errors.KafkaError as error:
            raise SourceError(_explain(error, self._settings)) from error
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

    def _subscribe(self) -> None:
        settings = self._settings
        if settings.pattern is not None:
            # The client matches beginnings of names; anchoring keeps `usage` from reading `usage-alerts`.
            self._consumer.subscribe(pattern=rf"(?:{settings.pattern})\Z")
            return
        if not settings.topics:
            raise SourceError("kafka topics and kafka pattern are both empty; say what to read")
        missing = sorted(set(settings.topics) - self._topics())
        if missing:
            raise SourceError(
                f"{_where(settings)}: no topic {', '.join(missing)}, or the login may not see it; "
                "create it, allow the login to describe it, or subscribe by kafka pattern"
            )
        self._consumer.subscribe(topics=list(settings.topics))

    def _topics(self) -> set[str]:
        try:
            return set(self._consumer.topics())
        except errors.KafkaError as error:
            raise SourceError(_explain(error, self._settings)) from error

    def _poll(self) -> dict[TopicPartition, list[Any]]:
        try:
            polled: dict[TopicPartition, list[Any]] = self._consumer.poll(millis(self._settings.poll_seconds))
        except errors.KafkaError as error:
            raise SourceError(_explain(error, self._settings)) from error
        if polled:
            self._answered = self._clock()
        else:
            self._check_brokers()
        return polled

    def _check_brokers(self) -> None:
        """Tell silence from absence: the client reconnects by itself, for ever and without a word."""
        now = self._clock()
        quiet = min(QUIET_SECONDS, self._settings.unreachable_seconds)
        if now - max(self._answered, self._probed) < quiet:
            return
        try:
            self._consumer.bootstrap(timeout_ms=millis(PROBE_SECONDS), refresh=True)
        except errors.KafkaTimeoutError as error:
            gone = self._clock() - self._answered
            if gone > self._settings.unreachable_seconds:
                raise SourceError(_explain(error, self._settings)) from error
            logger.warning("%s has not answered for %.0f s; trying again", _where(self._settings), gone)
        except errors.KafkaError as error:
            raise SourceError(_explain(error, self._settings)) from error
        else:
            self._answered = self._clock()
        self._probed = self._clock()

    def _unless_stopped(self, polled: dict[TopicPartition, list[Any]]) -> Iterator[Block]:
        for part, records in polled.items():
            block = _block(part, records)
            if self._stopping.is_set():
                return
            if block.records:
                yield block


class KafkaSink:
    """JSON records to one topic, acknowledged by all in-sync replicas; used by one thread."""

    def __init__(self, settings: KafkaSettings, topic: str, environ: Mapping[str, str]) -> None:
        """Connect; raises `SinkError` if that is impossible or the topic does not exist."""
        self._settings = settings
        self._topic = topic
        self._pending: list[Any] = []
        self._producer = _connected(KafkaProducer, SinkError, settings, environ, **producer_options(settings))
        try:
            self._require_topic()
        except BaseException:
            self.close()
            raise

    def send(self, key: str, value: object) -> None:
        """Queue one record, `value` as JSON (what msgspec encodes); one key keeps its order.

        Raises `SinkError` if the record is refused at once, for example because it is too large.
        """
        data = msgspec.json.encode(value, order="deterministic")
        try:
            self._pending.append(self._producer.send(self._topic, key=key.encode(), value=data))
        except errors.KafkaError as error:
            raise self._undelivered(error, 1) from error

    def flush(self) -> None:
        """Wait until every queued record is stored; raises `SinkError` if one was not.

        Whatever the outcome nothing stays queued: after an error the caller sends its batch again, under
        the same keys and ids.
        """
        pending, self._pending = self._pending, []
        try:
            self._producer.flush(self._patience)
        except errors.KafkaError as error:
            raise self._undelivered(error, len(pending)) from error
        failed = [future for future in pending if not future.succeeded()]
        if failed:
            raise self._undelivered(failed[0].exception, len(failed))

    def close(self) -> None:
        """Disconnect; records that were not flushed are given up after the delivery time."""
        try:
            self._producer.close(self._patience)
        except errors.KafkaError as error:
            raise SinkError(_explain(error, self._settings)) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def _patience(self) -> float:
        return self._settings.unreachable_seconds + CLOSE_SECONDS

    def _require_topic(self) -> None:
        try:
            known = self._producer.partitions_for(self._topic)
        except errors.KafkaTimeoutError:
            known = None
        except errors.KafkaError as error:
            raise SinkError(_explain(error, self._settings)) from error
        if not known:
            raise SinkError(
                f"{_where(self._settings)}: no topic {self._topic}, or the login may not see it; "
                "create it or allow the login to describe and write it"
            )

    def _undelivered(self, error: BaseException, count: int) -> SinkError:
        return SinkError(
            f"{count} records not delivered to topic {self._topic}; {_explain(error, self._settings)}"
        )


def _connected(
    client: Callable[..., Any],
    failure: type[SourceError | SinkError],
    settings: KafkaSettings,
    environ: Mapping[str, str],
    **options: object,
) -> Any:
    """A connected client; raises `failure` with the remedy."""
    # The library logs logins and payloads below INFO.
    library = logging.getLogger("kafka")
    library.setLevel(max(library.level, logging.INFO))
    opened: list[KafkaNetClient] = []

    def network(**configs: object) -> KafkaNetClient:
        opened.append(KafkaNetClient(**configs))
        # The option of this name gets lost on its way here in kafka-python 3.0.12, and a misspelt topic
        # must be an error, not a new and empty topic.
        opened[-1].cluster.config["allow_auto_create_topics"] = False
        return opened[-1]

    try:
        return client(kafka_client=network, **connection_options(settings, environ), **options)
    except (errors.KafkaError, OSError, ValueError) as error:
        # A constructor that fails leaves its sockets and its thread behind.
        for left in opened:
            left.close()
        raise failure(_explain(error, settings)) from error


def _block(part: TopicPartition, records: Sequence[Any]) -> Block:
    kept = [record for record in records if record.value is not None and record.value.strip()]
    return Block(
        records=[record.value for record in kept],
        origin=f"{part.topic}/{part.partition}",
        positions=[record.offset for record in kept],
        bytes_read=sum(record.serialized_value_size for record in records if record.value is not None),
    )


def _part(origin: str) -> TopicPartition:
    topic, _, partition = origin.rpartition("/")
    return TopicPartition(topic, int(partition))


def _explain(error: BaseException, settings: KafkaSettings) -> str:
    """What went wrong and what to do; `error` is a KafkaError, or a credential that could not be read."""
    where = _where(settings)
    match error:
        case errors.SaslAuthenticationFailedError() | errors.UnsupportedSaslMechanismError():
            return (
                f"{where} refused the login {settings.security.username}: check kafka security.mechanism "
                f"({settings.security.mechanism}), security.username and the password"
            )
        case errors.AuthorizationError():
            return f"{where} does not allow this ({error}): grant the login access to the topic and the group"
        case errors.KafkaTimeoutError() | errors.KafkaConnectionError() | errors.NodeNotReadyError():
            return f"{where} did not answer within {settings.unreachable_seconds:g} s: {_suspects(settings)}"
        case _:
            return f"{where}: {type(error).__name__}: {error}"


def _suspects(settings: KafkaSettings) -> str:
    """What may keep brokers from answering; kafka-python 3.0 retries a refused login as it does silence."""
    security = settings.security
    listener = f"check kafka brokers, that they run, that the listener speaks {security.protocol}"
    if not security.sasl:
        return listener
    return f"{listener}, and the login: user {security.username}, mechanism {security.mechanism}, password"


def _where(settings: KafkaSettings) -> str:
    return f"Kafka at {', '.join(settings.brokers)}"
