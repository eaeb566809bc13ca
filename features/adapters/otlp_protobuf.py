"""OTLP's protobuf form of spans, turned into the structures of its JSON form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from features.adapters.base import RecordError
from features.adapters.otlp_values import AnyValue, Event, KeyValue, Pairs, Resource, Span, Status, Values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from opentelemetry.proto.common.v1 import common_pb2
    from opentelemetry.proto.trace.v1 import trace_pb2

_SIMPLE: Final = frozenset({"string_value", "int_value", "double_value", "bool_value"})


def resource_spans(body: bytes) -> Iterator[Span]:
    """Every span of an `ExportTraceServiceRequest`, with its resource; raises `RecordError`."""
    try:
        export = ExportTraceServiceRequest.FromString(body)
    except DecodeError:
        raise RecordError(
            "not_json",
            "record: neither JSON nor an ExportTraceServiceRequest in protobuf; send one of the two",
        ) from None
    for group in export.resource_spans:
        resource = Resource(_pairs(group.resource.attributes))
        for scope in group.scope_spans:
            for span in scope.spans:
                yield _span(span, resource)


def _span(span: trace_pb2.Span, resource: Resource) -> Span:
    return Span(
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        start_time_unix_nano=span.start_time_unix_nano,
        end_time_unix_nano=span.end_time_unix_nano,
        attributes=_pairs(span.attributes),
        events=[Event(event.name, _pairs(event.attributes)) for event in span.events],
        status=Status(span.status.code),
        resource=resource,
    )


def _pairs(pairs: Iterable[common_pb2.KeyValue]) -> list[KeyValue]:
    return [KeyValue(pair.key, _value(pair.value)) for pair in pairs]


def _value(value: common_pb2.AnyValue) -> AnyValue:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return AnyValue(array_value=Values([_value(item) for item in value.array_value.values]))
    if kind == "kvlist_value":
        return AnyValue(kvlist_value=Pairs(_pairs(value.kvlist_value.values)))
    if kind not in _SIMPLE:
        return AnyValue()
    return AnyValue(**{kind: getattr(value, kind)})
