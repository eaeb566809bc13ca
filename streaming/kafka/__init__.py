"""Kafka by kafka-python; the one package that imports `kafka`."""

from streaming.kafka.output import KafkaOutput
from streaming.kafka.partitions import KafkaPartitions

__all__ = ["KafkaOutput", "KafkaPartitions"]
