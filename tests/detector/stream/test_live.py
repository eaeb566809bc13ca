from __future__ import annotations

import json
import random
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import zstandard

import detector
from detector import compose
from detector.defaults import DEFAULT_MODEL
from detector.store.opening import upgrade
from streaming.dead_letters import DeadLetterCounts
from tests.support.live import SECRET, Stream, publish

if TYPE_CHECKING:
    from detector.alert import Alert
    from tests.support.broker import Broker

pytestmark = pytest.mark.kafka

SAMPLE = Path(detector.__file__).parent / "sample" / "events.jsonl.zst"
PARTITIONS = 8
KILLS = 5


@pytest.fixture(scope="module")
def lines() -> list[bytes]:
    """The sample log's events."""
    with SAMPLE.open("rb") as file:
        return zstandard.ZstdDecompressor().stream_reader(file).read().splitlines()


@pytest.fixture(scope="module")
def undisturbed(
    kafka_broker: Broker, lines: list[bytes], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """What one process finds that nobody disturbs."""
    folder = tmp_path_factory.mktemp("undisturbed")
    kafka_broker.create_topic("undisturbed", PARTITIONS)
    publish(kafka_broker, "undisturbed", lines, PARTITIONS)
    url = f"sqlite:///{folder / 'store.db'}"
    upgrade(url)
    with Stream(kafka_broker, "undisturbed", url, folder) as stream:
        stream.start()
        stream.drain(len(lines))
        stream.stop()
        return stream.findings()


def test_the_stream_finds_what_a_replay_finds(undisturbed: dict[str, Any]) -> None:
    """Out of eight partitions come the alerts and the counts that the same log gives as a file."""
    setup = compose.set_up(DEFAULT_MODEL, secret=SECRET)
    alerts: list[Alert] = []
    outcome = setup.replay.run([str(SAMPLE)], DeadLetterCounts(), alerts.extend, lambda _: None)

    assert [json.loads(body) for body in undisturbed["alerts"]] == [one.to_json() for one in alerts]
    assert undisturbed["counts"] == {name: getattr(outcome.counts, name) for name in undisturbed["counts"]}
    assert undisturbed["letters"]


def test_whatever_is_killed_everything_is_found_once(
    kafka_broker: Broker, lines: list[bytes], undisturbed: dict[str, Any], store_url: str, tmp_path: Path
) -> None:
    """Processes come, are killed and come again while events arrive: the findings are the undisturbed."""
    chance = random.Random(7)  # noqa: S311 - a test's chance has to be the same each time
    topic = f"killed-{store_url.partition(':')[0]}"
    kafka_broker.create_topic(topic, PARTITIONS)
    options = ("--idle", "15", "--checkpoint", "1")
    with Stream(kafka_broker, topic, store_url, tmp_path, options) as stream:
        stream.start()
        step = len(lines) // (2 * KILLS)
        for kill in range(2 * KILLS):
            publish(kafka_broker, topic, lines[kill * step : (kill + 1) * step], PARTITIONS)
            if kill % 2:
                stream.kill(chance.choice(stream.running))
            while len(stream.running) < 2:
                stream.start()
            time.sleep(chance.uniform(0.5, 4.0))
        publish(kafka_broker, topic, lines[2 * KILLS * step :], PARTITIONS)
        stream.drain(len(lines))
        stream.stop()

        assert stream.findings() == undisturbed
