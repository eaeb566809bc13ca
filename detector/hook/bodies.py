"""Reading a request's body, no further than it may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from detector.hook.problems import Problem

if TYPE_CHECKING:
    from fastapi import Request

_T = TypeVar("_T")


async def read_body(request: Request, most: int) -> bytes:
    """The body. Raises `Problem` 413 as soon as it is longer than `most` bytes."""
    told = request.headers.get("content-length", "")
    if told.isdecimal() and int(told) > most:
        raise _too_long(most)
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise _too_long(most)
        parts.append(part)
    return b"".join(parts)


def decoded(decoder: msgspec.json.Decoder[_T], body: bytes) -> _T:
    """The JSON of a body. Raises `Problem` 400; the detail names the field and never quotes a value."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise Problem(400, "body", "Body not understood", f"{error}; see /openapi.json") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Problem(400, "body", "Body not understood", "the body is no JSON; send JSON in UTF-8") from None


def ref(kind: type[Any]) -> dict[str, str]:
    """Where the schema of a type stands in the OpenAPI document."""
    return {"$ref": f"#/components/schemas/{kind.__name__}"}


def json_body(kind: type[Any]) -> dict[str, Any]:
    """`openapi_extra` of an operation that reads a type from JSON."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": ref(kind)}}}}


def json_reply(kind: type[Any], text: str) -> dict[str, Any]:
    """One of `responses` of an operation that answers a type as JSON."""
    return {"description": text, "content": {"application/json": {"schema": ref(kind)}}}


def _too_long(most: int) -> Problem:
    return Problem(413, "too-long", "Body too long", f"send at most {most} bytes")
