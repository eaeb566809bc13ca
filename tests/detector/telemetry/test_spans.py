from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from detector.telemetry.fields import WITHHELD, Name
from detector.telemetry.otel import OtelSpans
from detector.telemetry.spans import SpansError, open_spans

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "My prompt: how do I ..."


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    """Keeps what is exported."""
    return InMemorySpanExporter()


@pytest.fixture
def spans(exporter: InMemorySpanExporter) -> Iterator[OtelSpans]:
    """Spans that go to `exporter` at once."""
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    yield OtelSpans(provider.get_tracer("tests"))
    provider.shutdown()


def test_a_step_is_a_span(spans: OtelSpans, exporter: InMemorySpanExporter) -> None:
    """With its fields, inside of the step around it; what is unknown is left out."""
    with spans.span("tick", end=300_000, late=None), spans.span("conclude", sink=Name("alerts")):
        pass
    inner, outer = exporter.get_finished_spans()
    assert (outer.name, dict(outer.attributes or {})) == ("stillwatch.tick", {"end": 300_000})
    assert (inner.name, dict(inner.attributes or {})) == ("stillwatch.conclude", {"sink": "alerts"})
    assert inner.parent is not None
    assert outer.context is not None
    assert inner.parent.span_id == outer.context.span_id


def test_a_failure_is_told_by_its_type(spans: OtelSpans, exporter: InMemorySpanExporter) -> None:
    """It goes on to the caller; neither message nor stack nor a sentence is exported."""
    with pytest.raises(ValueError, match="prompt"), spans.span("commit", text=Name(SECRET)):
        raise ValueError(SECRET)
    (span,) = exporter.get_finished_spans()
    assert span.status.description == "ValueError"
    assert dict(span.attributes or {}) == {"text": WITHHELD}
    assert span.events == ()
    assert SECRET not in span.to_json()


def test_without_traces_a_block_just_runs() -> None:
    """Failures go on as well."""
    with open_spans("none", "1.0") as spans:
        with spans.span("tick", end=3):
            pass
        with pytest.raises(KeyError), spans.span("commit"):
            raise KeyError


def test_an_unknown_exporter_is_refused() -> None:
    """The message lists those that there are."""
    with pytest.raises(SpansError, match="none, otlp"), open_spans("jaeger", "1.0"):
        pass


def test_spans_reach_a_collector(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are sent to where the standard variable says, the last ones at the end."""
    received: list[bytes] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
        with open_spans("otlp", "1.0") as spans, spans.span("checkpoint", pages=3):
            pass
        server.shutdown()
    assert b"stillwatch.checkpoint" in b"".join(received)
