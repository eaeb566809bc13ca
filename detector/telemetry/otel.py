"""Spans of OpenTelemetry. Only imported where the extra `otel` is installed and wanted."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Status, StatusCode

from detector.telemetry.fields import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opentelemetry.trace import Tracer

    from detector.telemetry.fields import Field
    from detector.telemetry.spans import Step


class OtelSpans:
    """Spans named `stillwatch.` and the step, with the same kinds of fields as a log line."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    @contextmanager
    def span(self, step: Step, **attributes: Field) -> Iterator[None]:
        """Time a block. A failure is told by its type alone: messages and stacks may quote what was read."""
        said = {name: value for name, field in attributes.items() if (value := plain(field)) is not None}
        with self._tracer.start_as_current_span(
            f"stillwatch.{step}", attributes=said, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield
            except BaseException as error:
                span.set_status(Status(StatusCode.ERROR, type(error).__qualname__))
                raise


@contextmanager
def otlp_spans(version: str) -> Iterator[OtelSpans]:
    """Spans sent by OTLP over HTTP, in batches and off the working threads."""
    provider = TracerProvider(
        resource=Resource.create({SERVICE_NAME: "stillwatch", SERVICE_VERSION: version})
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    try:
        yield OtelSpans(provider.get_tracer("stillwatch", version))
    finally:
        provider.shutdown()
