"""What a sender is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from fastapi import Response
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from detector.hook.ingest.check import Refused  # noqa: TC001 - msgspec reads annotations at run time

if TYPE_CHECKING:
    from detector.hook.ingest.route import Taken

_JSON: Final = "application/json"
PROTOBUF: Final = "application/x-protobuf"


class Reply(msgspec.Struct, frozen=True):
    """`received` is the sum of `accepted` and `refused`; what is accepted is durable."""

    received: int
    accepted: int
    refused: int
    errors: list[Refused]
    """the first of those refused"""


def reply(taken: Taken, told: int) -> Response:
    """200, or 422 where every one was refused: sending the same again will not help."""
    accepted, refused = len(taken.keyed), len(taken.refused)
    body = Reply(taken.received, accepted, refused, taken.refused[:told])
    return Response(msgspec.json.encode(body), 422 if refused and not accepted else 200, media_type=_JSON)


def otlp_reply(taken: Taken, *, protobuf: bool) -> Response:
    """An `ExportTraceServiceResponse` in the form of its request, partial success and all (OTLP 1.x)."""
    said = _partial(taken)
    if not protobuf:
        return Response(msgspec.json.encode({"partialSuccess": said} if said else {}), media_type=_JSON)
    message = ExportTraceServiceResponse()
    if said:
        message.partial_success.rejected_spans = int(said["rejectedSpans"])
        message.partial_success.error_message = said["errorMessage"]
    return Response(message.SerializeToString(), media_type=PROTOBUF)


def _partial(taken: Taken) -> dict[str, str]:
    if not taken.refused:
        return {}
    one = taken.refused[0]
    said = f"{one.reason}: {one.field}: {one.detail}; {one.remedy}"
    return {"rejectedSpans": str(len(taken.refused)), "errorMessage": said}


def reply_schema() -> dict[str, Any]:
    """The JSON schema of `Reply`, without references."""
    (schema,), parts = msgspec.json.schema_components([Reply], ref_template="{name}")
    found: dict[str, Any] = parts[str(schema["$ref"])]
    found["properties"]["errors"]["items"] = parts["Refused"]
    return found
