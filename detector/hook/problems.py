"""Errors and denials as `application/problem+json` (RFC 9457)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from fastapi import Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import Request

PROBLEM_JSON: Final = "application/problem+json"
ABOUT: Final = "urn:stillwatch:problem:"
"""what `type` begins with; a name follows"""


class Problem(Exception):  # noqa: N818 - the term of RFC 9457
    """A request that is answered by an error. The detail names field, place and remedy, never content."""

    def __init__(
        self, status: int, name: str, title: str, detail: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.name = name
        self.title = title
        self.detail = detail
        self.headers = dict(headers or {})

    def response(self) -> Response:
        """The answer."""
        body = problem_body(self.status, self.name, self.title, self.detail)
        return Response(body, self.status, self.headers, PROBLEM_JSON)


def store_away() -> Problem:
    """The store does not answer; the same request may be sent again."""
    return Problem(503, "store", "Store does not answer", "try again later", {"Retry-After": "5"})


def fault() -> Problem:
    """An error that is not the caller's."""
    return Problem(500, "fault", "Not done", "an error of this service; its log says which")


def problem_body(status: int, name: str, title: str, detail: str, **more: Any) -> bytes:
    """JSON of a problem with further members."""
    told = {"type": f"{ABOUT}{name}", "title": title, "status": status, "detail": detail}
    return msgspec.json.encode(told | more)


async def answer_problem(_: Request, problem: Exception) -> Response:
    """FastAPI's handler of `Problem`."""
    if not isinstance(problem, Problem):
        raise problem
    return problem.response()


PROBLEM_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "decision_id": {"type": "string"},
        "retry_after": {"type": "integer"},
    },
}


def problems(**said: str) -> dict[int | str, dict[str, Any]]:
    """`responses` of an operation, from `s429="too many requests"` and the like."""
    content = {PROBLEM_JSON: {"schema": PROBLEM_SCHEMA}}
    return {int(status[1:]): {"description": text, "content": content} for status, text in said.items()}
