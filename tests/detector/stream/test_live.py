from __future__ import annotations

import json
import signal
import time
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from detector import compose
from detector.defaults import DEFAULT_MODEL
from detector.store.opening import upgrade
from streaming.dead_letters import DeadLetterCounts
from tests.detector.stream.delivered import assert_delivered
from tests.detector.stream.trouble import Havoc, troubled
from tests.detector.stream.unruly import clean, unruly
from tests.support.live import SECRET, Stream, Topics, publish

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from detector.alert import Alert
    from tests.detector.stream.unruly import Log
    from tests.support.broker import Broker
    from tests.support.postgres import Postgres

pytestmark = pytest.mark.kafka

PARTITIONS = 8
TAKEOVER = 6.0
"""seconds until others take over"""
PATIENT = ("--idle", "60", "--checkpoint", "1", "--takeover", str(TAKEOVER))
"""no partition is held to be idle because something was broken"""


@pytest.fixture(scope="module")
def lines() -> list[bytes]:
    """A log as it should be."""
    return clean()


@pytest.fixture(scope="module")
def log(lines: list[bytes]) -> Log:
    """What becomes of it on its way."""
    return unruly(lines, PARTITIONS, Random(11))  # noqa: S311 - has to be the same each time


@pytest.fixture(scope="module")
def undisturbed(kafka_broker: Broker, log: Log, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What one process finds that nobody disturbs; ticks close without a ninth partition, which is silent."""
    folder = tmp_path_factory.mktemp("undisturbed")
    topics = Topics.create(kafka_broker, "undisturbed", PARTITIONS + 1)
    publish(kafka_broker, topics.events, log.records)
    url = f"sqlite:///{folder / 'store.db'}"
    upgrade(url)
    with Stream(kafka_broker, topics, url, folder, ("--idle", "3")) as stream:
        stream.start()
        stream.drain(log.read, log.last_tick)
        stream.stop()
        assert_delivered(stream)
        return stream.findings()


def _stream(broker: Broker, name: str, store_url: str, folder: Path) -> Stream:
    topics = Topics.create(broker, f"{name}-{store_url.partition(':')[0]}", PARTITIONS)
    return Stream(broker, topics, store_url, folder, PATIENT)


def test_the_stream_finds_what_a_replay_finds(
    undisturbed: dict[str, Any], lines: list[bytes], tmp_path: Path
) -> None:
    """Out of eight partitions in disorder come the alerts that the log gives as a file in order."""
    file = tmp_path / "events.jsonl"
    file.write_bytes(b"\n".join(lines))
    setup = compose.set_up(DEFAULT_MODEL, secret=SECRET)
    alerts: list[Alert] = []
    outcome = setup.replay.run([str(file)], DeadLetterCounts(), alerts.extend, lambda _: None)

    assert [json.loads(body) for body in undisturbed["alerts"]] == [one.to_json() for one in alerts]
    counts = undisturbed["counts"]
    closing = 8 * PARTITIONS
    assert (
        counts["accepted"] - counts["lifecycle"] - closing
        == outcome.counts.accepted - outcome.counts.lifecycle
    )
    assert counts["read"] == sum(counts[name] for name in ("accepted", "duplicate", "late", "dead_lettered"))
    assert counts["duplicate"] > 0
    assert undisturbed["letters"].keys() > {"not_json", "too_large", "wrong_type", "bad_time", "too_deep"}


def test_whatever_breaks_everything_is_found_once(
    request: pytest.FixtureRequest,
    kafka_broker: Broker,
    log: Log,
    undisturbed: dict[str, Any],
    store_url: str,
    tmp_path: Path,
) -> None:
    """Processes, broker and store die, stand still and come back while events arrive, five kills among it."""
    stream = _stream(kafka_broker, "broken", store_url, tmp_path)
    with troubled(stream, lambda: request.getfixturevalue("postgres_server")) as store, stream:
        havoc = Havoc(stream, store, Random(7))  # noqa: S311 - as above
        happens: list[Callable[[], None]] = [
            havoc.kill, store.outage, havoc.kill, havoc.broker, havoc.kill, store.slow, havoc.kill,
            store.crash, havoc.kill, lambda: havoc.freeze(TAKEOVER + 2),
        ]  # fmt: skip
        for at, happen in enumerate(happens):
            while len(stream.running) < 2:
                stream.start()
            publish(kafka_broker, stream.topics.events, log.part(at, len(happens)))
            stream.await_working(1)
            time.sleep(havoc.chance.uniform(0.0, 2.0))
            happen()
        stream.drain(log.read, log.last_tick)
        stream.stop()

        assert stream.findings() == undisturbed
        assert_delivered(stream)
        assert stream.count("store unavailable")


def test_workers_and_leaders_share_the_work(
    kafka_broker: Broker,
    log: Log,
    undisturbed: dict[str, Any],
    postgres_server: Postgres,
    postgres_url: str,
    tmp_path: Path,
) -> None:
    """One worker, then two and four that come and go; leaders that stand still or die, and are replaced."""
    postgres_server.clean(postgres_url)
    with _stream(kafka_broker, "shared", postgres_url, tmp_path) as stream:
        parts = iter(range(5))

        def more() -> None:
            publish(kafka_broker, stream.topics.events, log.part(next(parts), 5))

        more()
        _refused(stream)
        first = stream.start("--role", "leader")
        workers = [stream.start("--role", "worker")]
        stream.await_working(2)
        second = stream.start("--role", "leader")
        workers += [stream.start("--role", "worker") for _ in range(3)]
        more()
        stream.await_working(5)
        first.send_signal(signal.SIGSTOP)
        more()
        for _ in range(2):
            workers.append(stream.start("--role", "worker"))
            time.sleep(1)
            stream.leave(workers.pop(0))
        stream.until(lambda _: second in stream.working)
        workers[0].send_signal(signal.SIGSTOP)
        first.send_signal(signal.SIGCONT)
        more()
        stream.until(lambda _: bool(stream.count("another process has led")))
        stream.kill(second)
        more()
        time.sleep(TAKEOVER)
        workers[0].send_signal(signal.SIGCONT)
        stream.drain(log.read, log.last_tick)
        stream.stop()

        assert stream.findings() == undisturbed
        assert_delivered(stream)


def _refused(stream: Stream) -> None:
    """A process that is told of another format stops before it has thrown anything away."""
    process: subprocess.Popen[bytes] = stream.start("--format", "litellm", "--dead-letter-limit", "0.001")
    assert process.wait(timeout=60) == 2
    stream.running.remove(process)
    said = " ".join(stream.said().split())
    assert "records are dead letters" in said
    assert "check the format and the topic, or raise the limit" in said
    assert stream.findings()["counts"]["read"] == 0
