"""`stillwatch serve --run`: events in, verdicts out, in one process."""

from __future__ import annotations

import time
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

import httpx
import zstandard

from detector.store.opening import open_store
from detector.stream.calibrated import Calibration, told_calibration
from streaming.queue.source import QueueSource
from streaming.queue.writer import QueueWriter
from tests.detector.hook.running import PATIENCE, said_in, serving
from tests.detector.stream.proxy import Proxy
from tests.detector.stream.unruly import SAMPLE, WITNESSES

if TYPE_CHECKING:
    from pathlib import Path

    from detector.store.interface import Store
    from tests.support.postgres import Postgres

EVENTS = 1500
"""of the sample: two days, and long enough for an alert"""
CLOSING = [
    b'{"event_id": "closing-%d", "time": "2026-06-03T16:00:00Z", "account_id": "closing"}' % number
    for number in range(WITNESSES)
]
"""Events long after all others, so many that every tick before them ends."""


def test_what_is_sent_is_scored_and_decided_on(tmp_path: Path) -> None:
    """By one process, which stores how far it came when it is told to end."""
    lines = zstandard.ZstdDecompressor().stream_reader(SAMPLE.read_bytes()).read().splitlines()[:EVENTS]
    url = f"sqlite:///{tmp_path / 'store.db'}"
    with serving(tmp_path, "--run", "--queue", str(tmp_path / "queue")) as (base, process):
        sent = httpx.post(f"{base}/v1/events", content=b"\n".join([*lines, *CLOSING]), timeout=30).json()
        assert sent["accepted"] >= EVENTS
        with closing(open_store(url)) as store:
            end = time.monotonic() + 2 * PATIENCE
            while not (flagged := alerted(store)):
                assert time.monotonic() < end, (tmp_path / "log").read_text()
                time.sleep(0.05)
            account = flagged[0]
            # The verdict is known, and as old as the log.
            while httpx.get(f"{base}/v1/decisions/{account}").json()["reason"] != "expired":
                assert time.monotonic() < end, (tmp_path / "log").read_text()
                time.sleep(0.05)
            assert told_calibration(store) == Calibration(calibrated=False, source="shipped")
            process.terminate()
            assert process.wait(30) == 0
            assert store.load_checkpoint() is not None
    # The lock is free, for another writer to take over.
    QueueWriter(tmp_path / "queue").close()


def alerted(store: Store) -> list[str]:
    """Accounts whose verdict is that they distil."""
    found = (stored.verdict for stored in store.verdicts(0, 1000))
    return [one.account_id for one in found if (one.label, one.status) == ("distillation", "open")]


def test_a_stream_that_fails_ends_the_service(tmp_path: Path) -> None:
    """Or verdicts would grow old, and nobody would know why."""
    queue = tmp_path / "queue"
    QueueWriter(queue).close()
    with closing(QueueSource(queue)), serving(tmp_path, "--run", "--queue", str(queue)) as (_, process):
        assert process.wait(30) == 2
    said = " ".join((tmp_path / "log").read_text().split())
    assert "error: queue" in said
    assert "name another group" in said


def test_it_can_be_stopped_while_its_store_is_away(
    tmp_path: Path, postgres_server: Postgres, postgres_url: str
) -> None:
    """Whoever asked would not wait for five minutes, and nothing is lost by ending."""
    postgres_server.clean(postgres_url)
    queue, log = str(tmp_path / "queue"), tmp_path / "log"
    with ExitStack() as between:
        through = between.enter_context(Proxy(postgres_server.folder)).url(postgres_url)
        with serving(tmp_path, "--run", "--queue", queue, "--store", through) as (_, process):
            said_in(log, '("leading")', process)
            between.close()
            said_in(log, '("store unavailable".*"retry_seconds":5)', process)
            process.terminate()
            assert process.wait(PATIENCE) == 2
    assert "see that the server runs" in " ".join(log.read_text().split())
