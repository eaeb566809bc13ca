"""Changing many cases: first what that would reach, then the change, which can be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import Request  # noqa: TC002 - FastAPI reads annotations at run time
from fastapi.responses import Response

from detector.console.deeds import DEEDS, deed_of
from detector.console.desk.selection import Selection
from detector.console.pages.frame import form_of, listed
from detector.console.pages.toast import toast_of
from detector.console.queries import parse_query
from detector.console.web.routes import Routes, visitor
from detector.console.web.running import run
from detector.people.site import safe_next

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detector.console.desk.selection import Done
    from detector.console.pages.frame import Frame
    from detector.console.parts import ConsoleParts


def add(routes: Routes, parts: ConsoleParts, frame: Frame) -> None:
    """Mount both steps."""
    desk = parts.desk

    @routes.on("POST", "/bulk/preview", "triage")
    @frame.told
    async def preview(request: Request) -> Response:
        who, form, ids = visitor(request), await form_of(request), await listed(request, "case")
        selection = await run(lambda: _selection(form, ids, who.user_id))
        await run(lambda: deed_of(form.get("deed", ""), form.get("tag", ""), who))
        found = await run(lambda: desk.triage.preview(selection))
        return frame.page(
            request,
            "bulk",
            "/console/queue",
            count=found.count,
            is_more=found.is_more,
            sample=found.sample,
            **_shown(form, ids, is_all=selection.query is not None),
        )

    @routes.on("POST", "/bulk", "triage")
    @frame.told
    async def bulk(request: Request) -> Response:
        who, form, ids = visitor(request), await form_of(request), await listed(request, "case")
        selection = await run(lambda: _selection(form, ids, who.user_id))
        change = await run(lambda: deed_of(form.get("deed", ""), form.get("tag", ""), who))
        done = await run(lambda: desk.triage.bulk(who, selection, change, form.get("why", "")))
        if done.job_id is not None:
            return frame.back(f"/console/bulk/{done.job_id}")
        return frame.back(form.get("back", ""), toast_of(_said(done), done.entries))

    @routes.on("GET", "/bulk/{job_id}", "triage")
    @frame.told
    async def progress(request: Request) -> Response:
        found = await run(lambda: desk.triage.bulk_change(request.path_params["job_id"]))
        if "hx-request" in request.headers:
            return Response(frame.part(request, "progress", bulk=found), media_type="text/html")
        return frame.page(request, "progress", "/console/queue", bulk=found)


def _selection(form: Mapping[str, str], ids: tuple[str, ...], who: str) -> Selection:
    """All of the address's query, or those that were ticked."""
    if form.get("everything"):
        return Selection(query=parse_query(form.get("query", ""), who))
    return Selection(ids)


def _shown(form: Mapping[str, str], ids: tuple[str, ...], *, is_all: bool) -> dict[str, Any]:
    passed = [(name, form.get(name, "")) for name in ("deed", "tag", "query", "everything", "back")]
    tag = form.get("tag", "")
    title = dict(DEEDS)[form["deed"]]
    return {
        "title": f"{title} “{tag}”" if form["deed"] in ("tag:", "untag:") else title,
        "fields": [*passed, *(() if is_all else (("case", one) for one in ids))],
        "is_all": is_all,
        "address": form.get("query", ""),
        "why": form.get("why", ""),
        "back": safe_next(form.get("back", "")),
    }


def _said(done: Done) -> str:
    left = f" {done.refused:,} could not be changed so." if done.refused else ""
    return f"{done.changed:,} case{'' if done.changed == 1 else 's'} changed.{left}"
