from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import ParseDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from features.adapters import make_adapter
from features.adapters.base import RecordError
from features.adapters.otlp_export import split_json, split_protobuf
from features.contract import UsageEvent
from features.hashing import HashKey
from tests.support.batches import plain

KEY = HashKey.from_secret("a secret of the tests")
GOLDEN = Path(__file__).parent / "golden" / "otlp"
OTHER = {"traceId": "0" * 32, "spanId": "0" * 16, "attributes": []}


def _spans() -> list[dict[str, Any]]:
    """The golden spans of all conventions that are complete."""
    cases = [
        json.loads((GOLDEN / f"{name}.json").read_text()) for name in ("current", "legacy", "openllmetry")
    ]
    return [span for case in cases for span in case["records"]]


def _export(spans: list[dict[str, Any]]) -> dict[str, Any]:
    resource = {"attributes": [{"key": "stillwatch.plan", "value": {"stringValue": "from the resource"}}]}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": spans}]}]}


def _protobuf(export: dict[str, Any]) -> bytes:
    """The export in protobuf; Google's JSON writes ids in base64 where OTLP's writes them in hex."""
    copied = json.loads(json.dumps(export))
    for span in copied["resourceSpans"][0]["scopeSpans"][0]["spans"]:
        for field in ("traceId", "spanId"):
            span[field] = base64.b64encode(bytes.fromhex(span[field])).decode()
    encoded: bytes = ParseDict(copied, ExportTraceServiceRequest()).SerializeToString()
    return encoded


def test_both_forms_of_an_export_and_its_single_spans_are_the_same() -> None:
    """JSON, protobuf and one span a line give the same columns and text."""
    export = _export(_spans())
    resource = export["resourceSpans"][0]["resource"]
    alone = [json.dumps(span | {"resource": resource}).encode() for span in _spans()]
    adapter = make_adapter("otlp", KEY)

    expected = adapter.decode(alone)
    for whole in (json.dumps(export).encode(), _protobuf(export)):
        found = adapter.decode([whole])
        assert found.rejected == []
        assert found.lines == len(alone)
        assert plain(found.batch) == plain(expected.batch)


@pytest.mark.parametrize("protobuf", [False, True])
def test_spans_that_are_no_requests_are_left_out_and_counted(*, protobuf: bool) -> None:
    """Of an export only requests become records; the caller learns how many other spans there were."""
    export = _export([OTHER, *_spans(), OTHER])
    found = split_protobuf(_protobuf(export)) if protobuf else split_json(json.dumps(export).encode())

    assert (len(found.records), found.left_out) == (len(_spans()), 2)
    assert make_adapter("otlp", KEY).decode(found.records).rejected == []


def test_attributes_of_a_span_count_before_those_of_its_resource() -> None:
    """What the resource says holds for spans that do not say otherwise."""
    current, legacy, *_ = split_json(json.dumps(_export(_spans())).encode()).records
    adapter = make_adapter("otlp", KEY)

    events = [event for event in map(adapter.read, (current, legacy)) if isinstance(event, UsageEvent)]
    assert [event.plan for event in events] == ["team", "from the resource"]


def test_a_bad_span_is_rejected_at_its_export_and_the_others_are_read() -> None:
    """A rejection names the line of the export, and costs no span but its own."""
    span, *_ = _spans()
    bad = [span | {"startTimeUnixNano": "x"}, span | {"attributes": 5}, span]
    adapter = make_adapter("otlp", KEY)

    found = adapter.decode([json.dumps(span).encode(), json.dumps(_export(bad)).encode(), b"{"])

    assert [(one.line, one.reason) for one in found.rejected] == [
        (1, "bad_time"),
        (1, "wrong_type"),
        (2, "not_json"),
    ]
    assert (len(found.batch.rows), found.lines) == (2, 5)


@pytest.mark.parametrize(
    ("record", "reason"),
    [(b"\x0a\xff", "not_json"), (b"", "not_a_request"), (b'{"resourceSpans": 1}', "wrong_type")],
)
def test_what_is_no_export_is_one_rejected_record(record: bytes, reason: str) -> None:
    """A record that cannot be split, or holds no span, is rejected as a whole."""
    (rejected,) = make_adapter("otlp", KEY).decode([record]).rejected

    assert rejected.reason == reason


def test_an_export_over_the_limit_is_not_read() -> None:
    """The limit on a record holds for a whole export."""
    export = json.dumps(_export(_spans())).encode()

    (rejected,) = make_adapter("otlp", KEY, limit=100).decode([export]).rejected

    assert rejected.reason == "too_large"


def test_a_span_in_no_known_form_is_refused() -> None:
    """Protobuf that cannot be parsed says what to send instead."""
    with pytest.raises(RecordError, match="neither JSON nor an ExportTraceServiceRequest"):
        split_protobuf(b"\xff\xff")
