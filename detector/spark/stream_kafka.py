"""Kafka as Spark's connector reads it, by the settings of every other command."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from pyspark.errors import AnalysisException

from detector.spark.errors import SparkError
from streaming.source import SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession

    from streaming.kafka_settings import KafkaSecurity, KafkaSettings

CONNECTOR: Final = "org.apache.spark:spark-sql-kafka-0-10_2.13:4.0.0"

_EARLIEST: Final = -2
_MODULES: Final = {"PLAIN": "plain.PlainLoginModule"}
_SCRAM: Final = "scram.ScramLoginModule"


def kafka_stream(
    spark: SparkSession,
    settings: KafkaSettings,
    environ: Mapping[str, str],
    starts: Mapping[str, int | None],
    most_records: int | None,
) -> DataFrame:
    """Records of the topics, from `starts` on (by origin; None: the first) where no checkpoint knows better.

    Raises `SparkError` where the connector is missing and `SourceError` where a credential cannot be read.
    """
    options = reader_options(settings, environ, starts)
    if most_records is not None:
        options["maxOffsetsPerTrigger"] = str(most_records)
    try:
        return spark.readStream.format("kafka").options(**options).load()
    except AnalysisException as error:
        raise SparkError(
            "Spark's connector to Kafka is missing: run `make parts` in a checkout, name its jars by --jar, "
            f"or let Spark fetch it with --spark spark.jars.packages={CONNECTOR}"
        ) from error


def reader_options(
    settings: KafkaSettings, environ: Mapping[str, str], starts: Mapping[str, int | None]
) -> dict[str, str]:
    """Options of the connector; raises `SourceError` where a credential cannot be read."""
    wanted = ("subscribe", ",".join(settings.topics))
    if settings.pattern is not None:
        wanted = ("subscribePattern", settings.pattern)
    try:
        secrets = security_options(settings.security, environ)
    except (OSError, ValueError) as error:
        raise SourceError(f"Kafka: {error}") from error
    return {
        "kafka.bootstrap.servers": ",".join(settings.brokers),
        wanted[0]: wanted[1],
        "startingOffsets": _starting(starts),
        "groupIdPrefix": settings.group,
        # Events of an aborted transaction were never sent.
        "kafka.isolation.level": "read_committed",
        **secrets,
    }


def security_options(security: KafkaSecurity, environ: Mapping[str, str]) -> dict[str, str]:
    """How to log in; certificates travel as text, so that no executor needs the files.

    Raises OSError or ValueError if a credential cannot be read.
    """
    options: dict[str, str] = {"kafka.security.protocol": security.protocol}
    if security.sasl:
        options["kafka.sasl.mechanism"] = security.mechanism
        options["kafka.sasl.jaas.config"] = _login(security, environ)
    if security.ca_file is not None:
        options["kafka.ssl.truststore.type"] = "PEM"
        options["kafka.ssl.truststore.certificates"] = _text(security.ca_file)
    if security.cert_file is not None and security.key_file is not None:
        options["kafka.ssl.keystore.type"] = "PEM"
        options["kafka.ssl.keystore.certificate.chain"] = _text(security.cert_file)
        options["kafka.ssl.keystore.key"] = _text(security.key_file)
    return options


def _login(security: KafkaSecurity, environ: Mapping[str, str]) -> str:
    module = _MODULES.get(security.mechanism, _SCRAM)
    name, password = json.dumps(security.username), json.dumps(security.password(environ))
    return f"org.apache.kafka.common.security.{module} required username={name} password={password};"


def _text(path: Path) -> str:
    return path.read_text(encoding="ascii")


def _starting(starts: Mapping[str, int | None]) -> str:
    """Positions as the connector takes them, which must then name every partition."""
    if not any(position is not None for position in starts.values()):
        return "earliest"
    topics: dict[str, dict[str, Any]] = {}
    for origin, position in starts.items():
        topic, _, partition = origin.rpartition("/")
        topics.setdefault(topic, {})[partition] = _EARLIEST if position is None else position
    return json.dumps(topics)
