from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from detector import compose
from detector.defaults import DEFAULT_MODEL
from detector.store.opening import upgrade
from streaming.dead_letters import DeadLetterCounts
from tests.detector.spark.spark_live import SparkStreams
from tests.detector.stream.delivered import assert_delivered
from tests.detector.stream.unruly import clean, unruly
from tests.support.broker import PASSWORD, USERNAME
from tests.support.live import SECRET, Topics, publish

if TYPE_CHECKING:
    from pathlib import Path

    from detector.alert import Alert
    from detector.store.interface import Store
    from tests.support.broker import Broker

pytestmark = pytest.mark.kafka

PARTITIONS = 8
CLOSING = 8 * PARTITIONS
"""events after those of the log, which close its ticks"""
OPTIONS = (
    *("--idle", "3", "--trigger", "0", "--batch-records", "1500", "--checkpoint", "1", "--takeover", "6"),
    # A driver that lives for seconds starts faster with the quick compiler and the simple collector.
    *("--spark", "spark.driver.extraJavaOptions=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"),
)
PATIENCE = 300.0
"""seconds; on a busy machine a driver takes its time to start"""


def test_the_stream_finds_what_a_replay_finds(kafka_broker: Broker, tmp_path: Path) -> None:
    """Killed in the middle and started anew, then without its state: nothing is lost, and nothing doubled."""
    lines = clean()
    log = unruly(lines, PARTITIONS, Random(11))  # noqa: S311 - has to be the same each time
    # Ticks close without the ninth partition, which is silent.
    topics = Topics.create(kafka_broker, "spark", PARTITIONS + 1)
    publish(kafka_broker, topics.events, log.records)
    url = f"sqlite:///{tmp_path / 'store.db'}"
    upgrade(url)
    with SparkStreams(kafka_broker, topics, url, tmp_path, OPTIONS, state_dir=tmp_path / "state") as stream:
        killed = stream.start()
        stream.until(lambda store: _read(store) > 0, PATIENCE)
        stream.kill(killed)
        assert stream.findings()["counts"]["read"] < log.read

        stream.start(*_by_password(kafka_broker, tmp_path))
        stream.drain(log.read, log.last_tick, PATIENCE)
        stream.stop()
        found = stream.findings()
        _assert_of_a_replay(found, lines, tmp_path)
        assert found["counts"]["read"] == log.read
        assert_delivered(stream)

        publish(kafka_broker, topics.events, log.records[-CLOSING:])
        stream.state_dir = tmp_path / "another"
        stream.start("--shards", "2", *_by_certificate(kafka_broker))
        stream.until(lambda store: _read(store) == log.read + CLOSING, PATIENCE)
        stream.stop()
        repeated = stream.findings()["counts"]
        assert repeated["accepted"] == found["counts"]["accepted"]
        assert repeated["duplicate"] == found["counts"]["duplicate"] + CLOSING


def _assert_of_a_replay(found: dict[str, Any], lines: list[bytes], folder: Path) -> None:
    file = folder / "events.jsonl"
    file.write_bytes(b"\n".join(lines))
    alerts: list[Alert] = []
    setup = compose.set_up(DEFAULT_MODEL, secret=SECRET)
    outcome = setup.replay.run([str(file)], DeadLetterCounts(), alerts.extend, lambda _: None)

    assert [json.loads(body) for body in found["alerts"]] == [one.to_json() for one in alerts]
    counts, events = found["counts"], outcome.counts.accepted - outcome.counts.lifecycle
    assert counts["accepted"] - counts["lifecycle"] - CLOSING == events
    assert counts["read"] == sum(counts[name] for name in ("accepted", "duplicate", "late", "dead_lettered"))
    assert counts["dead_lettered"] == sum(found["letters"].values()) > 0


def _by_password(broker: Broker, folder: Path) -> list[str]:
    (folder / "password").write_text(PASSWORD, encoding="ascii")
    login = ["--protocol", "SASL_PLAINTEXT", "--mechanism", "PLAIN", "--username", USERNAME]
    return ["--brokers", broker.sasl_address, *login, "--password-file", str(folder / "password")]


def _by_certificate(broker: Broker) -> list[str]:
    trusted = ["--protocol", "SSL", "--ca-file", str(broker.certificate.authority)]
    return ["--brokers", broker.tls_address, *trusted]


def _read(store: Store) -> int:
    return sum(partition.counts.read for partition in store.partitions())
