"""What the endpoints of foreign formats take, and how they answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from detector.hook.ingest.forms import canonical_record
from features.adapters import make_adapter
from tests.detector.hook.ingest.serving import event, intake, lines, queued, stored

if TYPE_CHECKING:
    from pathlib import Path

PAYLOAD: dict[str, Any] = {
    "id": "chatcmpl-1",
    "startTime": 1763632800.0,
    "endTime": 1763632801.5,
    "status": "success",
    "model_group": "large",
    "metadata": {"user_api_key_user_id": "account-1", "user_api_key_hash": "key-1"},
    "messages": [{"role": "user", "content": "hello"}],
    "response": {"choices": [{"message": {"role": "assistant", "content": "hi"}, "finish_reason": "stop"}]},
}


@pytest.mark.parametrize("form", ["array", "lines", "single"])
def test_litellm_is_stored_as_canonical_events(tmp_path: Path, form: str) -> None:
    """Each form that its generic logger has becomes records that `run` reads without saying a format."""
    body = {
        "array": json.dumps([PAYLOAD]).encode(),
        "lines": lines(PAYLOAD),
        "single": json.dumps(PAYLOAD).encode(),
    }
    with queued(tmp_path) as service:
        answer = service.post("/v1/litellm", body[form])
    assert answer.json()["accepted"] == 1
    (found,) = stored(tmp_path)
    assert found == {
        "event_id": "chatcmpl-1",
        "time": "2025-11-20T10:00:00Z",
        "account_id": "account-1",
        "api_key_id": "key-1",
        "model": "large",
        "status": 200,
        "finish_reason": "stop",
        "latency_ms": 1500.0,
        "messages": [{"role": "user", "content": "hello"}],
        "response": "hi",
    }


def span(number: int, **attributes: str) -> dict[str, Any]:
    """A span as OTLP's JSON has it."""
    said = {"gen_ai.operation.name": "chat", "user.id": "account-1", **attributes}
    return {
        "traceId": f"{number:032x}",
        "spanId": f"{number:016x}",
        "name": "chat",
        "startTimeUnixNano": "1763632800000000000",
        "endTimeUnixNano": "1763632801000000000",
        "attributes": [{"key": key, "value": {"stringValue": value}} for key, value in said.items()],
    }


def export(*spans: dict[str, Any]) -> dict[str, Any]:
    """An `ExportTraceServiceRequest`."""
    return {"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}


def as_protobuf(request: dict[str, Any]) -> bytes:
    """The same in protobuf, where ids are bytes."""
    message = ExportTraceServiceRequest()
    for one in request["resourceSpans"][0]["scopeSpans"][0]["spans"]:
        if not message.resource_spans:
            message.resource_spans.add().scope_spans.add()
        made = message.resource_spans[0].scope_spans[0].spans.add()
        made.trace_id, made.span_id = bytes.fromhex(one["traceId"]), bytes.fromhex(one["spanId"])
        made.start_time_unix_nano = int(one["startTimeUnixNano"])
        made.end_time_unix_nano = int(one["endTimeUnixNano"])
        for said in one["attributes"]:
            attribute = made.attributes.add()
            attribute.key, attribute.value.string_value = said["key"], said["value"]["stringValue"]
    return message.SerializeToString()


SPANS = export(span(1), span(2, **{"gen_ai.operation.name": "execute_tool"}), span(3, **{"user.id": ""}))


def test_traces_come_in_json(tmp_path: Path) -> None:
    """A span that is no request is passed over, one without an account is a partial success."""
    with queued(tmp_path) as service:
        answer = service.post("/v1/traces", json.dumps(SPANS).encode(), content_type="application/json")
    said = answer.json()["partialSuccess"]
    assert (answer.status_code, said["rejectedSpans"]) == (200, "1")
    assert said["errorMessage"].startswith("missing_field: account")
    assert [one["account_id"] for one in stored(tmp_path)] == ["account-1"]


def test_traces_come_in_protobuf(tmp_path: Path) -> None:
    """The answer is protobuf, too; where all is well it is empty."""
    with queued(tmp_path) as service:
        answer = service.post("/v1/traces", as_protobuf(SPANS), content_type="application/x-protobuf")
        assert answer.headers["content-type"] == "application/x-protobuf"
        told = ExportTraceServiceResponse.FromString(answer.content)
        assert told.partial_success.rejected_spans == 1
        again = service.post(
            "/v1/traces", as_protobuf(export(span(4))), content_type="application/x-protobuf"
        )
        assert (again.status_code, again.content) == (200, b"")
    assert len(stored(tmp_path)) == 2


def test_what_is_no_export_is_refused(tmp_path: Path) -> None:
    """Nothing of it is taken."""
    with queued(tmp_path) as service:
        for body in (b'{"resourceSpans": 1}', b"\xff\xff\xff not protobuf"):
            answer = service.post("/v1/traces", body)
            assert (answer.status_code, answer.json()["title"]) == (400, "Body is no export of traces")


def test_lifecycle_records_are_taken(tmp_path: Path) -> None:
    """Bans and releases come with events, as they were sent."""
    ban = {"kind": "ban", "time": "2026-11-20T10:00:00Z", "account_id": "account-1"}
    release = {"kind": "model_release", "time": "2026-11-20T10:00:00Z", "model": "large"}
    with queued(tmp_path) as service:
        answer = service.post("/v1/events", lines(ban, event(1), release))
    assert answer.json()["accepted"] == 3
    assert stored(tmp_path) == [ban, event(1), release]


def test_writing_an_event_changes_nothing_that_is_read() -> None:
    """A record read and written again gives the same record, lifecycle records included."""
    reader: Any = make_adapter("canonical", intake().reading.key)
    times = {"account_created": "2025-01-01T00:00:00Z", "seed": 2**70, "response_format": {"type": "json"}}
    ban = {"kind": "ban", "time": "2026-11-20T10:00:00.123Z", "account_id": "account-1"}
    for record in (event(1, **times), ban):
        read = reader.read(json.dumps(record).encode())
        assert reader.read(canonical_record(read)) == read
        assert set(json.loads(canonical_record(read))) == set(record)
