"""An export of traces into records that can be read, stored and dead-lettered one by one: one span each.

OTLP sends `ExportTraceServiceRequest`: resources, scopes and spans within each other. Of its spans those that
are no requests to a model are left out and counted, since a trace holds every step of an application.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec

from features.adapters.mending import decode_lenient, decode_mended
from features.adapters.otlp_kinds import is_request
from features.adapters.otlp_protobuf import resource_spans
from features.adapters.otlp_values import Span, attributes
from features.adapters.reasons import UNREADABLE, explain

_RESOURCE_SPANS: Final = b'"resourceSpans"'


@dataclass(frozen=True, slots=True)
class Export:
    """What an export holds."""

    records: list[bytes]
    """spans that are requests, each a line of JSON for the format `otlp`"""
    left_out: int
    """spans of other kinds"""


class _Scope(msgspec.Struct, frozen=True):
    spans: list[msgspec.Raw] = []


class _Resource(msgspec.Struct, frozen=True, rename="camel"):
    resource: msgspec.Raw = msgspec.Raw()
    scope_spans: list[_Scope] = []


class _Export(msgspec.Struct, frozen=True, rename="camel"):
    resource_spans: list[_Resource] = []


def looks_like_export(record: bytes) -> bool:
    """Whether a record is more than one span: JSON with resources, or no JSON at all and so protobuf."""
    return _RESOURCE_SPANS in record or not record.lstrip().startswith(b"{")


def split_export(record: bytes) -> Export:
    """Split an export in either form; raises `RecordError`."""
    return split_json(record) if record.lstrip()[:1] in {b"{", b"["} else split_protobuf(record)


def split_json(body: bytes) -> Export:
    """Split an `ExportTraceServiceRequest` in JSON; raises `RecordError`.

    A span that cannot be read stays a record, to be rejected with its reason where records are read.
    """
    try:
        # Spans are cut out of what was mended, so that each can be read by itself.
        export = decode_mended(body, msgspec.json.Decoder(_Export))
    except UNREADABLE as error:
        raise explain(error) from None
    decoder = msgspec.json.Decoder(Span)
    records: list[bytes] = []
    left_out = 0
    for group in export.resource_spans:
        for span in (bytes(span) for scope in group.scope_spans for span in scope.spans):
            if _is_wanted(span, decoder):
                records.append(_with_resource(span, group.resource))
            else:
                left_out += 1
    return Export(records, left_out)


def split_protobuf(body: bytes) -> Export:
    """Split an `ExportTraceServiceRequest` in protobuf; raises `RecordError`."""
    encode = msgspec.json.Encoder().encode
    spans = list(resource_spans(body))
    records = [encode(span) for span in spans if is_request(attributes(span.attributes))]
    return Export(records, len(spans) - len(records))


def _is_wanted(span: bytes, decoder: msgspec.json.Decoder[Span]) -> bool:
    try:
        return is_request(attributes(decode_lenient(span, decoder).attributes))
    except UNREADABLE:
        return True


def _with_resource(span: bytes, resource: msgspec.Raw) -> bytes:
    if not bytes(resource):
        return span
    try:
        fields = msgspec.json.decode(span, type=dict[str, msgspec.Raw])
    except UNREADABLE:
        return span
    return msgspec.json.encode(fields | {"resource": resource})
