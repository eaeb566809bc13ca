"""The endpoints to which gateways send usage events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Depends, Request, Response

from detector.hook.auth.require import require
from detector.hook.auth.ring import Caller  # noqa: TC001 - FastAPI reads annotations at run time
from detector.hook.ingest.reply import PROTOBUF, otlp_reply, reply, reply_schema
from detector.hook.problems import problems

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from detector.hook.auth.ring import KeyRing
    from detector.hook.ingest.assembly import Ingest

_EVENTS: Final = """Takes usage events: one object, an array, or one a line; plain, gzip or zstd.

Good events are durable when the answer is there, also where others are refused: `errors` says which, by line
and field. Send again what was not answered: whoever reads the events counts each `event_id` once.
"""
_LITELLM: Final = "Takes what LiteLLM's Generic API logger sends, in each of its forms; else as `/v1/events`."
_TRACES: Final = "Takes spans of GenAI requests in protobuf or JSON. Spans of other kinds are passed over."
_ERRORS: Final = {
    "s400": "The body cannot be read; nothing was taken.",
    "s401": "No valid key.",
    "s403": "The key lacks the scope `ingest`.",
    "s413": "The body is too large.",
    "s415": "The content encoding is not known.",
    "s429": "Too many requests or events of this key; see Retry-After.",
    "s503": "Not durable. Send the same again, see Retry-After.",
}


def router(keys: KeyRing, ingest: Ingest) -> APIRouter:
    """`POST /v1/events`, `/v1/litellm` and `/v1/traces`, for keys with the scope `ingest`."""
    made = APIRouter(tags=["ingest"])
    for name, summary, about, media in (
        ("events", "Take usage events", _EVENTS, "application/x-ndjson"),
        ("litellm", "Take LiteLLM's log", _LITELLM, "application/x-ndjson"),
        ("traces", "Take traces (OTLP/HTTP)", _TRACES, PROTOBUF),
    ):
        made.add_api_route(
            f"/v1/{name}",
            _endpoint(keys, ingest, name),
            methods=["POST"],
            name=f"ingest_{name}",
            summary=summary,
            description=about,
            response_class=Response,
            responses=_answers(name),
            openapi_extra=_body(media),
        )
    return made


def _endpoint(keys: KeyRing, ingest: Ingest, name: str) -> Callable[..., Coroutine[Any, Any, Response]]:
    sender = Depends(require(keys, "ingest"))
    route = ingest.routes[name]

    async def take(request: Request, caller: Caller = sender) -> Response:
        taken = await ingest.receiver.receive(request, caller, name, route)
        if name != "traces":
            return reply(taken, ingest.settings.told_errors)
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        return otlp_reply(taken, protobuf=kind == PROTOBUF)

    return take


def _body(media: str) -> dict[str, Any]:
    binary = {"schema": {"type": "string", "format": "binary"}}
    value = {"schema": {"anyOf": [{"type": "object"}, {"type": "array", "items": {"type": "object"}}]}}
    return {"requestBody": {"required": True, "content": {"application/json": value, media: binary}}}


def _answers(name: str) -> dict[int | str, dict[str, Any]]:
    schema = {"type": "object"} if name == "traces" else reply_schema()
    content: dict[str, Any] = {"application/json": {"schema": schema}}
    if name == "traces":
        content[PROTOBUF] = {"schema": {"type": "string", "format": "binary"}}
    answers = problems(**_ERRORS)
    answers[200] = {"description": "What is accepted is durable.", "content": content}
    if name != "traces":
        answers[422] = {"description": "Every event was refused.", "content": content}
    return answers
