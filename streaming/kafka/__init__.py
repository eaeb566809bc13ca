"""Kafka by kafka-python; the one package that imports `kafka`."""

from streaming.kafka.output import KafkaOutput, KafkaSink
from streaming.kafka.partitions import KafkaPartitions
from streaming.kafka.source import IDLE, KafkaSource

__all__ = ["IDLE", "KafkaOutput", "KafkaPartitions", "KafkaSink", "KafkaSource"]
