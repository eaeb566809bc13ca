"""Reading and answering JSON, and doing what was asked only once."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

import msgspec
from fastapi import Header, Request, Response

from detector.console.desk.replies import Reply
from detector.console.schemas import CaseBody
from detector.console.web.routes import visitor
from detector.console.web.running import run
from detector.hook.bodies import decoded, ref
from detector.hook.problems import Problem, problems
from detector.people.forms import body_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from detector.casework.records import Case
    from detector.console.parts import ConsoleParts

_T = TypeVar("_T")

BODY_BYTES: Final = 1 << 20
SERVER_FAULT: Final = 500
JSON: Final = "application/json"
_UNKEPT: Final = {"Cache-Control": "no-store"}
FAILS: Final = problems(
    s400="makes no sense", s401="not signed in, and no valid key", s403="not allowed", s404="not known",
    s409="not as things are", s412="changed by somebody else", s413="the body is too long",
    s422="a parameter is not understood", s429="too many requests", s503="the store does not answer",
)  # fmt: skip

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[\x21-\x7e]{1,128}$",
        description="The same request under the same key within a day is done once, and answered the same.",
    ),
]


class Api:
    """Shared by all endpoints."""

    def __init__(self, parts: ConsoleParts) -> None:
        self.desk = parts.desk
        self.site = parts.people.site
        self.now = parts.people.clock.now

    async def read(self, request: Request, decoder: msgspec.json.Decoder[_T]) -> tuple[_T, bytes]:
        """What was sent, and its bytes. Raises `Problem` 400, 413."""
        body = await body_of(request, BODY_BYTES)
        return decoded(decoder, body), body

    async def once(
        self, request: Request, key: str | None, body: bytes, work: Callable[[], Awaitable[Response]]
    ) -> Response:
        """The answer of work, or the one that the same request had before under the same key."""
        if key is None:
            return await work()
        who, replies, now = visitor(request).user_id, self.desk.replies, self.now()
        asked = f"{request.method} {request.url.path}?{request.url.query}\n".encode() + body
        digest = hashlib.sha256(asked).digest()
        kept = await run(lambda: replies.begin(who, key, digest, now))
        if kept is not None:
            return _replayed(kept)
        try:
            response = await work()
        except Problem as problem:
            # After a fault of the store nobody knows whether it was done.
            if problem.status < SERVER_FAULT:
                await run(lambda: replies.give_back(who, key))
            raise
        reply = Reply(response.status_code, bytes(response.body), response.headers.get("etag"))
        await run(lambda: replies.keep(who, key, reply))
        return response


def answer(value: Any, status: int = 200, **headers: str) -> Response:
    """As JSON; half surrogate pairs, which UTF-8 has no bytes for, as escapes. Nobody keeps it."""
    try:
        body = msgspec.json.encode(value)
    except UnicodeEncodeError:
        body = json.dumps(msgspec.to_builtins(value)).encode()
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Response(body, status, _UNKEPT | named, JSON)


def _replayed(kept: Reply) -> Response:
    told = {} if kept.etag is None else {"ETag": kept.etag}
    return Response(kept.body, kept.status, _UNKEPT | told | {"Idempotent-Replayed": "true"}, JSON)


def case_body(case: Case) -> CaseBody:
    """As the API shows it."""
    return shown(case, CaseBody)


def shown(value: Any, kind: type[_T]) -> _T:
    """The fields of a record that the API shows."""
    return msgspec.convert(value, kind, from_attributes=True)


def told(kind: type[Any], text: str, status: int = 200, *, many: bool = False) -> dict[int | str, Any]:
    """`responses` of an operation that answers a type, or an object with a list of it in `items`."""
    one: dict[str, Any] = ref(kind)
    listed = {
        "type": "object",
        "required": ["items"],
        "properties": {"items": {"type": "array", "items": one}},
    }
    return {status: {"description": text, "content": {JSON: {"schema": listed if many else one}}}}
