from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING

import pytest

from detector import compose
from detector.defaults import DEFAULT_MODEL
from detector.store.opening import upgrade
from streaming.dead_letters import DeadLetterCounts
from tests.detector.spark.spark_live import SparkStreams
from tests.detector.stream.delivered import assert_delivered
from tests.detector.stream.unruly import clean, unruly
from tests.support.live import SECRET, Topics, publish

if TYPE_CHECKING:
    from pathlib import Path

    from detector.alert import Alert
    from detector.replay import Outcome
    from detector.store.interface import Store
    from tests.support.broker import Broker

pytestmark = pytest.mark.kafka

PARTITIONS = 8
CLOSING = 8 * PARTITIONS
"""events after those of the log, which close its ticks"""
QUICK = ("--spark", "spark.driver.extraJavaOptions=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
"""a driver that lives for seconds starts faster with the quick compiler and the simple collector"""
PATIENCE = 300.0
"""seconds; on a busy machine a driver takes its time to start"""


def test_the_stream_finds_what_a_replay_finds(kafka_broker: Broker, tmp_path: Path) -> None:
    """Killed in the middle and started anew, then without its state: nothing is lost, and nothing doubled."""
    lines = clean()
    log = unruly(lines, PARTITIONS, Random(11))  # noqa: S311 - has to be the same each time
    alerts, outcome = _replayed(tmp_path, lines)
    topics = Topics.create(kafka_broker, "spark", PARTITIONS)
    publish(kafka_broker, topics.events, log.records)
    url = f"sqlite:///{tmp_path / 'store.db'}"
    upgrade(url)
    options = ("--trigger", "0", "--batch-records", "1500", "--checkpoint", "1", "--takeover", "6", *QUICK)
    with SparkStreams(kafka_broker, topics, url, tmp_path, options, state_dir=tmp_path / "state") as stream:
        killed = stream.start()
        stream.until(lambda store: _read(store) > 0, PATIENCE)
        stream.kill(killed)
        began = _read(stream.store())
        assert began < log.read

        stream.start()
        stream.drain(log.read, log.last_tick, PATIENCE)
        stream.stop()
        found = stream.findings()
        assert [json.loads(body) for body in found["alerts"]] == [one.to_json() for one in alerts]
        counts = found["counts"]
        assert counts["read"] == log.read
        assert counts["accepted"] - counts["lifecycle"] - CLOSING == (
            outcome.counts.accepted - outcome.counts.lifecycle
        )
        assert counts["read"] == sum(
            counts[name] for name in ("accepted", "duplicate", "late", "dead_lettered")
        )
        assert counts["dead_lettered"] == sum(found["letters"].values()) > 0
        assert_delivered(stream)

        again = [record for record in log.records[-CLOSING:] if record.value]
        publish(kafka_broker, topics.events, again)
        stream.state_dir = tmp_path / "another"
        stream.start("--shards", "2")
        stream.until(lambda store: _read(store) == log.read + CLOSING, PATIENCE)
        stream.stop()
        repeated = stream.findings()["counts"]
        assert repeated["accepted"] == counts["accepted"]
        assert repeated["duplicate"] == counts["duplicate"] + CLOSING


def _replayed(folder: Path, lines: list[bytes]) -> tuple[list[Alert], Outcome]:
    file = folder / "events.jsonl"
    file.write_bytes(b"\n".join(lines))
    alerts: list[Alert] = []
    setup = compose.set_up(DEFAULT_MODEL, secret=SECRET)
    outcome = setup.replay.run([str(file)], DeadLetterCounts(), alerts.extend, lambda _: None)
    return alerts, outcome


def _read(store: Store) -> int:
    return sum(partition.counts.read for partition in store.partitions())
