"""Forms of pages, read no further than they may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from detector.hook.bodies import read_body
from detector.hook.problems import Problem

if TYPE_CHECKING:
    from fastapi import Request

FORM_BYTES: Final = 1 << 20
FIELDS: Final = 20_000
"""of a form: far more than cases that anybody ticks"""
_FORM: Final = "application/x-www-form-urlencoded"


async def body_of(request: Request, most: int) -> bytes:
    """The body, for whoever asks: the guard first, then the endpoint. Raises `Problem` 413."""
    kept: bytes | None = getattr(request.state, "body", None)
    if kept is None:
        kept = request.state.body = await read_body(request, most)
    return kept


async def fields_of(request: Request) -> list[tuple[str, str]]:
    """Names and values of a form in its order. Raises `Problem` 400, 413, 415."""
    if "content-type" in request.headers and not is_form(request):
        raise Problem(415, "media-type", "Not a form", f"send it as {_FORM}; no page of ours sends files")
    return parsed(await body_of(request, FORM_BYTES), FIELDS)


def is_form(request: Request) -> bool:
    """Whether a request says that it is a form."""
    kind, _, _ = request.headers.get("content-type", "").partition(";")
    return kind.strip().lower() == _FORM


def parsed(body: bytes, most: int) -> list[tuple[str, str]]:
    """Names and values of at most so many fields. Raises `Problem` 400."""
    try:
        return parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=most)
    except ValueError:
        raise Problem(400, "form", "Form not understood", "send a form of this page") from None
