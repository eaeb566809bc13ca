"""Sketch mode: no text goes further than the ingest, and what is found in it stays the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from features.adapters import make_adapter
from tests.detector.hook.ingest.serving import CANARY, event, intake, lines, queued, stored
from tests.detector.hook.ingest.test_ingest_formats import PAYLOAD
from tests.streaming.queue.queues import everything

if TYPE_CHECKING:
    from pathlib import Path

HIDDEN: dict[str, Any] = {
    "unknown": {"deep": [CANARY]},
    "response_format": {"type": "json_schema", "description": CANARY},
    "messages": [
        {"role": "system", "content": CANARY},
        {"role": "user", "content": [{"type": "text", "text": CANARY, "more": CANARY}]},
        {"role": "tool", "content": CANARY, "name": CANARY},
    ],
}
BROKEN = (b'{"messages": "%s"' % CANARY.encode(), b'{"event_id": "x", "response": "%s"}' % CANARY.encode())


def test_no_text_is_stored_or_said(tmp_path: Path) -> None:
    """Text in any field, known or not, in good events and bad ones, is in no file, log line or answer."""
    payload = PAYLOAD | {"messages": [{"role": "user", "content": CANARY}], "response": {"text": CANARY}}
    with queued(tmp_path, sketch=True) as service:
        body = lines(event(1), event(2, **HIDDEN)) + b"\n".join(BROKEN)
        answer = service.post("/v1/events", body)
        other = service.post("/v1/litellm", lines(payload))
        assert (answer.json()["accepted"], other.json()["accepted"]) == (2, 1)
        said = service.said.getvalue() + answer.text + other.text
    records = everything(tmp_path)["0"]
    assert len(records) == 3
    assert all(CANARY.encode() not in record for record in records)
    assert CANARY not in said
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or CANARY.encode() not in path.read_bytes()


def test_answers_and_logs_never_quote_content(tmp_path: Path) -> None:
    """With text stored, it is still in no answer and no log line, at any level."""
    with queued(tmp_path) as service:
        answers = [
            service.post(path, body)
            for path in ("/v1/events", "/v1/litellm", "/v1/traces")
            for body in (lines(event(1)), *BROKEN, b"[" + BROKEN[0], json.dumps([CANARY]).encode())
        ]
        said = service.said.getvalue()
    assert CANARY not in said + "".join(answer.text for answer in answers)


def test_a_sketch_is_what_the_text_would_have_become(tmp_path: Path) -> None:
    """Read by `run`, a sketched event has the row that its text has, and every other column alike."""
    made = intake()
    events = [event(1), event(2, **HIDDEN), event(3, messages=None, response=None, seed=3)]
    with queued(tmp_path, sketch=True) as service:
        assert service.post("/v1/events", lines(*events)).status_code == 200
    adapter = make_adapter("canonical", made.reading.key, edge=made.reading.edge)
    plain = adapter.decode(lines(*events).splitlines()).batch
    sketched = adapter.decode(everything(tmp_path)["0"]).batch
    assert sketched.sketched.tolist() == [True, True, False]
    expected = made.kernel.sketch(plain.parts)
    assert sketched.sketches[:2].tobytes() == expected[:2].tobytes()
    np.testing.assert_array_equal(sketched.rows, plain.rows)


def test_a_sketch_made_earlier_is_handed_on(tmp_path: Path) -> None:
    """What a library at the gateway has sketched stays; fields that somebody added to it do not."""
    with queued(tmp_path / "edge", sketch=True) as edge:
        edge.post("/v1/events", lines(event(1)))
    (sent,) = stored(tmp_path / "edge")
    more = sent | {"sketch": sent["sketch"] | {"note": CANARY}, "response": CANARY}
    with queued(tmp_path / "next", sketch=True) as following:
        assert following.post("/v1/events", lines(more)).json()["accepted"] == 1
    assert stored(tmp_path / "next") == [sent]
