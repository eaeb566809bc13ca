from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import zstandard
from kafka import KafkaConsumer
from typer.testing import CliRunner

import detector
from detector.cli.app import make_app
from tests.support.topics import produce

if TYPE_CHECKING:
    from tests.support.broker import Broker

pytestmark = pytest.mark.kafka

SAMPLE = Path(detector.__file__).parent / "sample" / "events.jsonl.zst"


def _replayed(out: Path) -> list[dict[str, Any]]:
    assert CliRunner().invoke(make_app(), ["replay", str(SAMPLE), "--out", str(out)]).exit_code == 0
    return [json.loads(line) for line in (out / "alerts.jsonl").read_text().splitlines()]


def _alerts(broker: Broker, count: int, seconds: float) -> list[dict[str, Any]]:
    consumer = KafkaConsumer("alerts", bootstrap_servers=broker.address, auto_offset_reset="earliest")
    got: list[dict[str, Any]] = []
    until = time.monotonic() + seconds
    while len(got) < count and time.monotonic() < until:
        got += [json.loads(record.value) for polled in consumer.poll(500).values() for record in polled]
    consumer.close()
    return got


def test_the_stream_raises_the_alerts_of_a_replay(kafka_broker: Broker, tmp_path: Path) -> None:
    """`stillwatch run` over the sample log on a broker publishes what `stillwatch replay` writes."""
    expected = _replayed(tmp_path / "out")
    assert expected
    kafka_broker.create_topic("usage")
    kafka_broker.create_topic("alerts")
    with SAMPLE.open("rb") as file:
        lines = zstandard.ZstdDecompressor().stream_reader(file).read().splitlines()
    produce(kafka_broker, "usage", lines)
    command = [sys.executable, "-m", "detector.cli", "run", "--brokers", kafka_broker.address]
    command += ["--topic", "usage", "--alerts", "alerts", "--dead-letters", str(tmp_path / "dead.jsonl")]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as running:
        got = _alerts(kafka_broker, len(expected), 60)
        running.send_signal(signal.SIGTERM)
        _, said = running.communicate(timeout=30)
    assert running.returncode == 0, said.decode()
    assert got == expected
