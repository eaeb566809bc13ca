from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from detector.spark.errors import SparkError
from detector.spark.stream_kafka import kafka_stream, reader_options
from detector.spark.stream_query import ends_of
from detector.spark.stream_settings import connector_jars
from streaming.kafka_settings import KafkaSecurity, KafkaSettings
from streaming.source import SourceError

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import SparkSession


def test_the_connector_logs_in_as_other_clients_do(tmp_path: Path) -> None:
    """SASL over TLS: certificates as text, and a password whose quotes end nothing."""
    authority = tmp_path / "ca.pem"
    authority.write_text("-----BEGIN CERTIFICATE-----\n", encoding="ascii")
    security = KafkaSecurity(
        "SASL_SSL", "SCRAM-SHA-256", "ada", password_env="KAFKA_PASSWORD", ca_file=authority
    )
    settings = KafkaSettings(("a:9092", "b:9092"), ("usage", "more"), group="ours", security=security)
    options = reader_options(settings, {"KAFKA_PASSWORD": 'o"pen;\\'}, {"usage/0": None})

    assert options["kafka.bootstrap.servers"] == "a:9092,b:9092"
    assert options["subscribe"] == "usage,more"
    assert options["groupIdPrefix"] == "ours"
    assert options["kafka.security.protocol"] == "SASL_SSL"
    assert options["kafka.sasl.mechanism"] == "SCRAM-SHA-256"
    assert options["kafka.ssl.truststore.certificates"] == authority.read_text(encoding="ascii")
    assert options["kafka.sasl.jaas.config"].endswith(
        'ScramLoginModule required username="ada" password="o\\"pen;\\\\";'
    )
    assert options["startingOffsets"] == "earliest"


def test_a_password_that_is_missing_is_named() -> None:
    """Nobody is asked to read a traceback of Spark's."""
    security = KafkaSecurity("SASL_SSL", username="ada", password_env="KAFKA_PASSWORD")
    settings = KafkaSettings(("a:9092",), pattern="usage.*", security=security)
    with pytest.raises(SourceError, match="KAFKA_PASSWORD is not set"):
        reader_options(settings, {}, {})


def test_reading_goes_on_where_the_store_is() -> None:
    """Every partition is named, those that nobody has read from their first record on."""
    settings = KafkaSettings(("a:9092",), pattern="usage.*")
    options = reader_options(settings, {}, {"usage/0": 7, "usage/1": None, "usage.b/0": 0})
    assert options["subscribePattern"] == "usage.*"
    assert json.loads(options["startingOffsets"]) == {"usage": {"0": 7, "1": -2}, "usage.b": {"0": 0}}


def test_a_partition_is_at_its_end_when_a_batch_reached_what_there_was() -> None:
    """As Spark tells it of its last batch, if there was one."""
    source = {"endOffset": '{"usage":{"0":5,"1":7}}', "latestOffset": '{"usage":{"0":5,"1":9}}'}
    assert ends_of(None) == {}
    assert ends_of({"sources": [source]}) == {"usage/0": 5}
    for nothing in (None, "", "null"):
        assert ends_of({"sources": [source | {"latestOffset": nothing}]}) == {}


def test_jars_count_once_they_are_all_there(tmp_path: Path) -> None:
    """An environment that `make parts` was not run in has none."""
    folder = tmp_path / "spark"
    folder.mkdir()
    (folder / "connector.jar").touch()
    assert connector_jars(tmp_path) == []
    (folder / "ready").touch()
    assert connector_jars(tmp_path) == [folder / "connector.jar"]


def test_a_session_without_the_connector_is_told_where_to_get_it(spark: SparkSession) -> None:
    """Who installed the extra alone has Spark, and nothing that reads Kafka."""
    with pytest.raises(SparkError, match=r"make parts.*--jar.*spark.jars.packages=org"):
        kafka_stream(spark, KafkaSettings(("127.0.0.1:1",), ("usage",)), {}, {}, None)
