"""Who may send, how much, and what happens where events cannot be stored."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING

import pytest

from detector.hook.ingest.settings import IngestSettings
from streaming.queue.settings import QueueSettings
from streaming.queue.writer import QueueWriter
from tests.detector.hook.ingest.serving import CANARY, event, lines, queued, served, stored

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@pytest.mark.parametrize("path", ["/v1/events", "/v1/litellm", "/v1/traces"])
def test_only_keys_with_the_scope_may_send(tmp_path: Path, path: str) -> None:
    """Without a key 401, with one for something else 403."""
    with queued(tmp_path) as service:
        assert service.post(path, lines(event(1)), key="nobody").status_code == 401
        assert service.post(path, lines(event(1)), key="reader").status_code == 403
    assert stored(tmp_path) == []


def test_each_key_has_its_rate(tmp_path: Path) -> None:
    """Too many events of one key wait; another's do not."""
    with queued(tmp_path, IngestSettings(events_per_second=5.0)) as service:
        codes = [service.post("/v1/events", lines(event(n), event(n))).status_code for n in range(6)]
        refused = service.post("/v1/events", lines(*map(event, range(5))))
        assert codes == [200] * 5 + [429]
        assert 1 <= int(refused.headers["retry-after"]) <= 2
        assert service.post("/v1/events", lines(event(9)), key="other").status_code == 200
    assert len(stored(tmp_path)) == 11


def test_a_request_holds_so_many_events(tmp_path: Path) -> None:
    """One more, and none is taken: smaller batches are asked for."""
    with queued(tmp_path, IngestSettings(batch_events=3)) as service:
        assert service.post("/v1/events", lines(*map(event, range(3)))).status_code == 200
        answer = service.post("/v1/events", lines(*map(event, range(4))))
        assert (answer.status_code, answer.json()["type"]) == (413, "urn:stillwatch:problem:too-large")
        assert "more than 3 events" in answer.json()["detail"]
    assert len(stored(tmp_path)) == 3


def test_a_full_queue_asks_senders_to_wait(tmp_path: Path) -> None:
    """503 with Retry-After, and the reason for whoever runs it; the log quotes nothing."""
    small = QueueSettings(segment_bytes=1, max_bytes=2)
    with served(QueueWriter(tmp_path, small)) as service:
        assert service.post("/v1/events", lines(event(1))).status_code == 200
        answer = service.post("/v1/events", lines(event(2)))
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert "limit of 2 bytes" in answer.json()["detail"]
        assert CANARY not in service.said.getvalue() + answer.text
    assert stored(tmp_path) == [event(1)]


class Stuck:
    """A disk that never answers."""

    largest = None

    def append(self, _: Sequence[tuple[str, bytes]]) -> Future[None]:
        """As `Durable.append`."""
        return Future()

    def close(self) -> None:
        """As `Durable.close`."""


def test_what_is_not_durable_is_never_acknowledged() -> None:
    """A disk that does not answer in time is a 503."""
    with served(Stuck(), IngestSettings(wait_seconds=0.1)) as service:
        answer = service.post("/v1/events", lines(event(1)))
    assert answer.status_code == 503
    assert "not stored within 0.1 s; send the same events again" in answer.json()["detail"]


def test_long_bodies_are_taken_beside_the_event_loop(tmp_path: Path) -> None:
    """They come to the same as short ones."""
    events = [event(number, response="x" * 1000) for number in range(200)]
    with queued(tmp_path) as service:
        assert service.post("/v1/events", lines(*events)).json()["accepted"] == 200
    assert stored(tmp_path) == events


def test_the_schema_says_what_is_answered(tmp_path: Path) -> None:
    """OpenAPI has each endpoint with its body and every answer."""
    with queued(tmp_path) as service:
        paths = service.app.openapi()["paths"]
    for name in ("events", "litellm", "traces"):
        said = paths[f"/v1/{name}"]["post"]
        assert said["requestBody"]["required"]
        assert {"200", "400", "401", "403", "413", "415", "429", "503"} <= set(said["responses"])
    reply = paths["/v1/events"]["post"]["responses"]["422"]["content"]["application/json"]["schema"]
    assert set(reply["properties"]) == {"received", "accepted", "refused", "errors"}
