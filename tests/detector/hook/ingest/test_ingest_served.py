"""`stillwatch serve --queue` as a process, over real sockets."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx

from detector.store.hook_records import Link
from detector.store.opening import open_store
from streaming.queue.writer import QueueWriter
from tests.detector.hook.ingest.serving import CANARY, SECRET, event, lines, stored

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE = 60.0


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A process and its address; killed at the end of the block."""
    log = folder / "log"
    command = [sys.executable, "-m", "detector.cli", "serve", "--http", "127.0.0.1:0", "--no-keys"]
    command += ["--metrics", "none", "--store", f"sqlite:///{folder / 'store.db'}", *options]
    environ = {**os.environ, "STILLWATCH_HASH_KEY": SECRET, "OMP_NUM_THREADS": "1"}
    with log.open("wb") as said, subprocess.Popen(command, stderr=said, env=environ) as process:
        try:
            yield f"http://{address(log, process)}", process
        finally:
            process.kill()


def address(log: Path, process: subprocess.Popen[bytes]) -> str:
    """Where it listens, once it does."""
    end = time.monotonic() + PATIENCE
    while (found := re.search(r'"http":"([^"]+)"', log.read_text())) is None:
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.05)
    return found[1]


def test_what_was_answered_outlives_the_process(tmp_path: Path) -> None:
    """Killed right after an answer, the events are there, without text; the keys in them are known."""
    events = [event(number, api_key_id=f"key-{number % 3}") for number in range(100)]
    with serving(tmp_path, "--queue", str(tmp_path / "queue"), "--sketch") as (base, process):
        assert "/v1/litellm" in httpx.get(f"{base}/openapi.json").json()["paths"]
        answer = httpx.post(f"{base}/v1/events", content=lines(*events))
        assert answer.json() == {"received": 100, "accepted": 100, "refused": 0, "errors": []}
        store = open_store(f"sqlite:///{tmp_path / 'store.db'}")
        end = time.monotonic() + 10
        while len(store.links(0, 10)) < 3 and time.monotonic() < end:
            time.sleep(0.02)
        links = {one.link for one in store.links(0, 10)}
        store.close()
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    assert links == {Link("api_key", f"key-{number}", f"account-{number}") for number in range(3)}
    found = stored(tmp_path / "queue")
    assert [one["event_id"] for one in found] == [one["event_id"] for one in events]
    assert "sketch" in found[0]
    assert CANARY not in (tmp_path / "log").read_text()


def test_sigterm_ends_it_in_good_order(tmp_path: Path) -> None:
    """The lock is free afterwards, for another writer to take over."""
    with serving(tmp_path, "--queue", str(tmp_path / "queue")) as (base, process):
        assert httpx.post(f"{base}/v1/events", content=lines(event(0))).status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    with QueueWriter(tmp_path / "queue") as writer:
        writer.append([("account-1", lines(event(1)))]).result(10)
    assert stored(tmp_path / "queue") == [event(0), event(1)]
