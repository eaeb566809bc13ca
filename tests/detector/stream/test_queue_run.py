"""`stillwatch run --queue` on what the ingest took: the whole way without Kafka."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import zstandard

from detector import compose
from detector.defaults import DEFAULT_MODEL
from detector.store.opening import open_store, upgrade
from streaming.dead_letters import DeadLetterCounts
from tests.detector.hook.ingest.serving import SECRET, queued
from tests.detector.stream.unruly import SAMPLE, WITNESSES

if TYPE_CHECKING:
    from pathlib import Path

    from detector.alert import Alert
    from detector.store.interface import Store
    from tests.detector.hook.ingest.serving import Served

PATIENCE = 60.0
EVENTS = 1500
"""of the sample: two days, and long enough for an alert"""
LAST_TICK = int(datetime(2026, 6, 3, 12, tzinfo=UTC).timestamp()) // 300
CLOSING = [
    b'{"event_id": "closing-%d", "time": "2026-06-03T16:00:00Z", "account_id": "closing"}' % number
    for number in range(WITNESSES)
]
"""Events long after all others, so many that every tick before them ends."""


def test_a_killed_stream_finds_in_the_queue_what_a_replay_finds(tmp_path: Path) -> None:
    """Events sent again count once, and a worker that is killed goes on where it was."""
    alerts: list[Alert] = []
    replay = compose.set_up(DEFAULT_MODEL, secret=SECRET).replay
    lines = zstandard.ZstdDecompressor().stream_reader(SAMPLE.read_bytes()).read().splitlines()[:EVENTS]
    log = tmp_path / "events.jsonl"
    log.write_bytes(b"\n".join(lines))
    counts = replay.run([str(log)], DeadLetterCounts(), alerts.extend, lambda _: None).counts
    url = f"sqlite:///{tmp_path / 'store.db'}"
    upgrade(url)
    store = open_store(url)
    with queued(tmp_path / "queue") as service:
        sent = send(service, lines[:1000])
        first = started(tmp_path, url)
        await_read(store, 500)
        first.kill()
        first.wait(10)
        sent += send(service, [*lines[1000:], *CLOSING])
        second = started(tmp_path, url)
        await_concluded(store)
        second.send_signal(signal.SIGTERM)
        assert second.wait(30) == 0
    found = [json.loads(one.alert.body) for one in store.alerts(0, 1_000_000)]
    (partition,) = store.partitions()
    store.close()

    assert found == [one.to_json() for one in alerts] != []
    found_counts = partition.counts
    events = found_counts.accepted - found_counts.lifecycle
    assert events == counts.accepted - counts.lifecycle + len(CLOSING)
    assert found_counts.read == found_counts.accepted + found_counts.duplicate + found_counts.late == sent
    assert found_counts.duplicate + found_counts.late > 400


def send(service: Served, lines: list[bytes]) -> int:
    """Every third batch three times, every third twice; how many events that were."""
    sent = 0
    for number, start in enumerate(range(0, len(lines), 512)):
        for _ in range(1 + number % 3):
            sent += service.post("/v1/events", b"\n".join(lines[start : start + 512])).json()["accepted"]
    return sent


def started(folder: Path, url: str) -> subprocess.Popen[bytes]:
    """A process that reads the queue."""
    command = [sys.executable, "-m", "detector.cli", "run", "--queue", str(folder / "queue")]
    command += ["--store", url, "--idle", "60", "--metrics", "none"]
    environ = {**os.environ, "STILLWATCH_HASH_KEY": SECRET, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(command, stderr=subprocess.DEVNULL, env=environ)


def await_read(store: Store, accepted: int) -> None:
    """Until so many events were accepted."""
    end = time.monotonic() + PATIENCE
    while sum(one.counts.accepted for one in store.partitions()) < accepted:
        assert time.monotonic() < end, store.partitions()
        time.sleep(0.05)


def await_concluded(store: Store) -> None:
    """Until the findings of every tick before the last events are there."""
    end = time.monotonic() + PATIENCE
    while (store.leadership().concluded or 0) < LAST_TICK:
        assert time.monotonic() < end, store.leadership()
        time.sleep(0.05)
