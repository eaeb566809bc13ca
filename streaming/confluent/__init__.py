"""Kafka by librdkafka; the one package that imports `confluent_kafka`, an optional extra."""

from streaming.confluent.partitions import ConfluentPartitions

__all__ = ["ConfluentPartitions"]
