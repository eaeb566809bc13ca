"""The ingest into a topic of a real broker."""

from __future__ import annotations

import asyncio
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from fastapi import FastAPI
from kafka import KafkaConsumer

from detector.defaults import DEFAULT_MODEL
from detector.hook.auth.ring import KeyRing
from detector.hook.ingest.opening import Destination, opened_ingest
from detector.hook.ingest.router import router
from detector.hook.problems import Problem, answer_problem
from detector.stream.clock import SystemClock
from detector.telemetry.logs import open_logs
from detector.telemetry.telemetry import make_telemetry
from tests.detector.hook.ingest.serving import CANARY, SECRET, event, lines
from tests.support.broker import running_broker
from tests.support.topics import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from streaming.kafka_settings import KafkaSettings
    from tests.support.broker import Broker

pytestmark = pytest.mark.kafka

ENVIRON = {"STILLWATCH_HASH_KEY": SECRET}


@contextmanager
def into(kafka: KafkaSettings, log_file: Path) -> Iterator[Callable[[list[bytes]], list[httpx.Response]]]:
    """Sends bodies at once to an ingest into the topic that `kafka` names."""
    clock, where = SystemClock(), Destination(kafka=kafka)
    with (
        log_file.open("w") as said,
        open_logs(said) as log,
        opened_ingest(where, "", DEFAULT_MODEL, ENVIRON, clock, make_telemetry().instruments, log) as ingest,
    ):
        app = FastAPI()
        app.add_exception_handler(Problem, answer_problem)
        app.include_router(router(KeyRing(clock, required=False), ingest))

        async def send(bodies: list[bytes]) -> list[httpx.Response]:
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://ingest") as client:
                return await asyncio.gather(*(client.post("/v1/events", content=body) for body in bodies))

        yield lambda bodies: asyncio.run(send(bodies))


def test_an_event_that_the_topic_does_not_take_blames_nobody_else(
    kafka_broker: Broker, tmp_path: Path
) -> None:
    """It is refused by its line, and all others are in the topic, once: beside it and in other requests."""
    kafka_broker.create_topic("ingested-large")
    large = event(0, messages=[{"role": "user", "content": "x" * 1_500_000}])
    with into(settings(kafka_broker, topics=("ingested-large",)), tmp_path / "log") as send:
        answers = send([lines(event(1)), lines(event(2), large, event(3)), lines(large), lines(event(4))])
    assert [answer.status_code for answer in answers] == [200, 200, 422, 200]
    (refused,) = answers[1].json()["errors"]
    assert (refused["line"], refused["reason"]) == (2, "too_large")
    assert "max.message.bytes" in refused["remedy"]
    stored = [
        json.loads(record.value)["event_id"] for record in records_of(kafka_broker, "ingested-large", 4)
    ]
    assert sorted(stored) == [event(number)["event_id"] for number in range(1, 5)]


def records_of(broker: Broker, topic: str, count: int) -> list[Any]:
    """What a topic holds, which are `count` records."""
    consumer = KafkaConsumer(topic, bootstrap_servers=broker.address, auto_offset_reset="earliest")
    records: list[Any] = []
    while polled := consumer.poll(5000 if len(records) < count else 500):
        records += [record for block in polled.values() for record in block]
    consumer.close()
    return records


def test_events_are_acknowledged_by_the_broker(kafka_broker: Broker, tmp_path: Path) -> None:
    """Each event is in the topic when the answer is there, keyed by its account, in its account's order."""
    kafka_broker.create_topic("ingested", 3)
    bodies = [lines(*(event(number) for number in range(10 * n, 10 * n + 10))) for n in range(5)]
    with into(settings(kafka_broker, topics=("ingested",)), tmp_path / "log") as send:
        answers = send(bodies)
    assert [answer.json()["accepted"] for answer in answers] == [10] * 5
    records = records_of(kafka_broker, "ingested", 50)
    assert len(records) == 50
    by_key: dict[str, list[int]] = {}
    homes = set()
    for record in records:
        said_event = json.loads(record.value)
        assert said_event["account_id"] == record.key.decode()
        by_key.setdefault(record.key.decode(), []).append(int(said_event["event_id"][1:]))
        homes.add((record.key, record.partition))
    assert len(homes) == len(by_key) == 3
    assert sorted(number for numbers in by_key.values() for number in numbers) == [*range(50)]


def test_a_broker_that_is_gone_is_no_acknowledgement(tmp_path: Path) -> None:
    """503 with Retry-After; the log says why and quotes nothing."""
    with running_broker() as broker:
        broker.create_topic("gone")
        kafka = settings(broker, topics=("gone",), unreachable_seconds=1.0)
        with into(kafka, tmp_path / "log") as send:
            broker.kill()
            (answer,) = send([lines(event(1))])
    text = (tmp_path / "log").read_text()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert CANARY not in text + answer.text
    assert "events were not stored" in text
