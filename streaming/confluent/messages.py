"""Messages of confluent-kafka to blocks, and its errors to what an operator can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from confluent_kafka import KafkaError, KafkaException, Message, TopicPartition

from streaming.kafka_settings import foreign_group, refused, unanswered, where
from streaming.source import Block, SourceError, SourceUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from streaming.kafka_settings import KafkaSettings

ABSENT: Final = (
    KafkaError._TRANSPORT,  # noqa: SLF001 - the client's own errors are named so
    KafkaError._TIMED_OUT,  # noqa: SLF001 - as above
    KafkaError._ALL_BROKERS_DOWN,  # noqa: SLF001 - as above
    KafkaError._RESOLVE,  # noqa: SLF001 - as above
    KafkaError._SSL,  # noqa: SLF001 - as above
)


def blocks_of(messages: Iterable[Message]) -> list[Block]:
    """Blocks by origin; messages without a value (tombstones) and blank ones are left out."""
    blocks: dict[tuple[str | None, int | None], tuple[list[bytes], list[int]]] = {}
    for message in messages:
        value = message.value()
        offset = message.offset()
        if offset is None or not isinstance(value, bytes) or not value.strip():
            continue
        records, positions = blocks.setdefault((message.topic(), message.partition()), ([], []))
        records.append(value)
        positions.append(offset)
    return [
        Block(records, f"{topic}/{partition}", positions, sum(map(len, records)))
        for (topic, partition), (records, positions) in blocks.items()
    ]


def origin_of(part: TopicPartition | Message) -> str:
    """The origin of `Block` for a partition."""
    if isinstance(part, TopicPartition):
        return f"{part.topic}/{part.partition}"
    return f"{part.topic()}/{part.partition()}"


def part_of(origin: str, offset: int | None = None) -> TopicPartition:
    """The partition that an origin names."""
    topic, _, partition = origin.rpartition("/")
    return (
        TopicPartition(topic, int(partition))
        if offset is None
        else TopicPartition(topic, int(partition), offset)
    )


def failure(error: BaseException, settings: KafkaSettings, before: Sequence[KafkaError] = ()) -> SourceError:
    """What a source raises; arguments as for `explain`."""
    away = isinstance(error, KafkaException) and error.args[0].code() in ABSENT
    kind = SourceUnavailable if away and not _is_refused(error, before) else SourceError
    return kind(explain(error, settings, before))


def explain(error: BaseException, settings: KafkaSettings, before: Sequence[KafkaError] = ()) -> str:
    """What went wrong and what to do; `before` is what the client reported on its own until then."""
    at = where(settings)
    if not isinstance(error, KafkaException):
        return f"{at}: {type(error).__name__}: {error}"
    cause = error.args[0]
    if _is_refused(error, before):
        return f"{at} {refused(settings)}"
    if cause.code() in ABSENT:
        return f"{at} {unanswered(settings)}"
    if cause.code() in {KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.GROUP_AUTHORIZATION_FAILED}:
        return f"{at} does not allow this ({cause.name()}): grant the login access to the topic and the group"
    if cause.code() == KafkaError.INCONSISTENT_GROUP_PROTOCOL:
        return f"{at}: {foreign_group(settings)}"
    return f"{at}: {cause.name()}: {cause.str()}"


def _is_refused(error: BaseException, before: Sequence[KafkaError]) -> bool:
    """The client reports a login that was turned down by itself, and then nothing but silence."""
    return any(one.code() == KafkaError._AUTHENTICATION for one in (*before, *error.args))  # noqa: SLF001 - as above
