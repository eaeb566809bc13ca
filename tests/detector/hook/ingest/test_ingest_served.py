"""`stillwatch serve --queue` as a process, over real sockets."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

import httpx

from detector.store.hook_records import Link
from detector.store.opening import open_store
from tests.detector.hook.ingest.serving import CANARY, event, lines, stored
from tests.detector.hook.running import serving

if TYPE_CHECKING:
    from pathlib import Path


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
