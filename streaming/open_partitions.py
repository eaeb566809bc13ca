"""Choosing the client library that reads Kafka."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streaming.source import SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streaming.kafka_settings import KafkaSettings
    from streaming.partitions import PartitionedSource


def open_partitions(settings: KafkaSettings, environ: Mapping[str, str]) -> PartitionedSource:
    """Connect by `settings.client`; raises `SourceError`, also when its library is not installed."""
    if settings.client == "kafka-python":
        from streaming.kafka import KafkaPartitions  # noqa: PLC0415 - only what is chosen is loaded

        return KafkaPartitions(settings, environ)
    try:
        from streaming.confluent import ConfluentPartitions  # noqa: PLC0415 - an optional extra
    except ModuleNotFoundError as error:
        raise SourceError(
            "kafka client is confluent, whose library is not installed: pip install 'stillwatch[confluent]', "
            "or set it to kafka-python"
        ) from error
    return ConfluentPartitions(settings, environ)
