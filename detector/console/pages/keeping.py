"""Exceptions, saved views, exports and colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from fastapi import Request  # noqa: TC002 - FastAPI reads annotations at run time
from fastapi.responses import Response  # noqa: TC002 - as above

from detector.console.desk.errors import Senseless
from detector.console.pages.frame import AUTO, THEMES, form_of
from detector.console.pages.toast import Toast
from detector.console.queries import parse_query, write_query
from detector.console.web.downloads import download
from detector.console.web.routes import Routes, visitor
from detector.console.web.running import run

if TYPE_CHECKING:
    from detector.casework.records import ExceptionKind, Scope
    from detector.console.pages.frame import Frame
    from detector.console.parts import ConsoleParts

_DAY: Final = 24 * 3_600_000
_LONGEST: Final = 3660
"""days"""


def add(routes: Routes, parts: ConsoleParts, frame: Frame) -> None:
    """Mount what forms are sent to, and downloads."""
    _exceptions(routes, parts, frame)
    _views(routes, parts, frame)
    _exports(routes, parts, frame)

    @routes.on("POST", "/theme", "look")
    @frame.told
    async def theme(request: Request) -> Response:
        form = await form_of(request)
        response = frame.back(form.get("back", ""))
        if form.get("theme") in (AUTO, *THEMES):
            frame.theme(response, form["theme"])
        return response


def _exceptions(routes: Routes, parts: ConsoleParts, frame: Frame) -> None:
    keeping, now = parts.desk.keeping, parts.people.clock.now

    @routes.on("POST", "/exceptions", "except")
    @frame.told
    async def add_exception(request: Request) -> Response:
        who, form = visitor(request), await form_of(request)
        until = await run(lambda: _until(form.get("days", ""), now()))
        scope, _, subject = form.get("subject", "").partition(":")
        kind, wide = cast("ExceptionKind", form.get("kind", "")), cast("Scope", scope)
        made = await run(lambda: keeping.add(who, kind, wide, subject, form.get("why", ""), until))
        done = "allowed" if made.kind == "allow" else "snoozed"
        toast = Toast(f"The {made.scope} is {done}; live decisions end within a second.")
        return frame.back(form.get("back", ""), toast)

    @routes.on("POST", "/exceptions/{exception_id}/end", "except")
    @frame.told
    async def end_exception(request: Request) -> Response:
        who, form = visitor(request), await form_of(request)
        await run(lambda: keeping.end(who, request.path_params["exception_id"], form.get("why", "")))
        return frame.back(form.get("back", ""), Toast("Taken back."))


def _views(routes: Routes, parts: ConsoleParts, frame: Frame) -> None:
    keeping = parts.desk.keeping

    @routes.on("POST", "/views", "triage")
    @frame.told
    async def save(request: Request) -> Response:
        who, form = visitor(request), await form_of(request)
        query = await run(lambda: write_query(parse_query(form.get("query", ""), who.user_id), who.user_id))
        name, shared = form.get("name", ""), bool(form.get("shared"))
        await run(lambda: keeping.save(who, name, query, shared=shared))
        return frame.back(f"/console/queue?{query}", Toast("View saved."))

    @routes.on("POST", "/views/delete", "triage")
    @frame.told
    async def forget(request: Request) -> Response:
        who, form = visitor(request), await form_of(request)
        await run(lambda: keeping.forget(who, form.get("name", "")))
        return frame.back(form.get("back", ""), Toast("View deleted."))


def _exports(routes: Routes, parts: ConsoleParts, frame: Frame) -> None:
    @routes.on("GET", "/export/{case_id}", "export")
    @frame.told
    async def export(request: Request) -> Response:
        name, case_id = request.query_params.get("format", ""), request.path_params["case_id"]
        body, kind = await run(lambda: parts.desk.shipping.export(case_id, name))
        return download(body, kind.media_type, f"{case_id}.{kind.suffix}")


def _until(days: str, now: int) -> int | None:
    """ms; None for good. Raises `Senseless`."""
    if not days:
        return None
    if not (days.isascii() and days.isdecimal() and 0 < int(days[:5]) <= _LONGEST and len(days) <= 4):  # noqa: PLR2004 - digits of _LONGEST
        raise Senseless(f"days is no number from 1 to {_LONGEST}; give one, or nothing for good")
    return now + int(days) * _DAY
