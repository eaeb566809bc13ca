"""What forms of cases do: each goes back to where it was, and tells what was done and how to undo it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import Request  # noqa: TC002 - FastAPI reads annotations at run time
from fastapi.responses import Response

from detector.casework.ranges import read_ranges
from detector.console.deeds import change_of
from detector.console.desk.errors import Senseless
from detector.console.pages.frame import form_of
from detector.console.pages.panel import panel
from detector.console.pages.toast import Toast, toast_of
from detector.console.views.rows import row_of
from detector.console.views.words import words
from detector.console.web.routes import Routes, visitor
from detector.console.web.running import run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detector.casework.records import Case, Change, Changed, Undone
    from detector.console.pages.frame import Frame
    from detector.console.parts import ConsoleParts


def add(routes: Routes, parts: ConsoleParts, frame: Frame) -> None:
    """Mount what forms are sent to."""
    _changing(routes, parts, frame)
    _joining(routes, parts, frame)
    _opening(routes, parts, frame)


def _changing(routes: Routes, parts: ConsoleParts, frame: Frame) -> None:
    desk = parts.desk

    @routes.on("POST", "/cases/{case_id}/change", "triage")
    @frame.told
    async def change(request: Request) -> Response:
        who, form = visitor(request), await form_of(request)
        wanted = await run(lambda: change_of(form, who))
        version = await run(lambda: version_of(form))
        case, done = await run(
            lambda: desk.triage.change(
                who, request.path_params["case_id"], wanted, form.get("why", ""), version
            )
        )
        toast = _told(case, done, wanted)
        if "hx-request" not in request.headers:
            return frame.back(form.get("back", ""), toast)
        values = await run(lambda: _row(parts, case, who.user_id))
        part = frame.part(request, "changed", toast=toast, **values)
        return Response(part, media_type="text/html")

    @routes.on("POST", "/undo", "triage")
    @frame.told
    async def undo(request: Request) -> Response:
        who, form = visitor(request), await form_of(request)
        entries = await run(lambda: read_ranges(form.get("entries", "")))
        toast = _undone(await run(lambda: desk.triage.undo(who, entries)))
        if "hx-request" not in request.headers:
            return frame.back(form.get("back", ""), toast)
        return frame.refresh(toast)


def _joining(routes: Routes, parts: ConsoleParts, frame: Frame) -> None:
    desk = parts.desk

    @routes.on("POST", "/cases/{case_id}/merge", "triage")
    @frame.told
    async def merge(request: Request) -> Response:
        who, form = visitor(request), await form_of(request)
        version = await run(lambda: version_of(form))
        case_id, into = request.path_params["case_id"], form.get("into", "").strip()
        case, done = await run(lambda: desk.triage.merge(who, case_id, into, version))
        return frame.back(
            form.get("back", ""), toast_of(f"Merged into {into}.", _entries(done)) if case else None
        )

    @routes.on("POST", "/cases/{case_id}/split", "triage")
    @frame.told
    async def split(request: Request) -> Response:
        who, form = visitor(request), await form_of(request)
        version = await run(lambda: version_of(form))
        _, done = await run(lambda: desk.triage.split(who, request.path_params["case_id"], version))
        return frame.back(form.get("back", ""), toast_of("The case stands by itself.", _entries(done)))

    @routes.on("POST", "/cases/{case_id}/comment", "triage")
    @frame.told
    async def comment(request: Request) -> Response:
        who, form = visitor(request), await form_of(request)
        case_id, text = request.path_params["case_id"], form.get("text", "")
        await run(lambda: desk.triage.comment(who, case_id, text))
        return frame.back(form.get("back", ""), Toast("Comment added."))


def _opening(routes: Routes, parts: ConsoleParts, frame: Frame) -> None:
    @routes.on("POST", "/cases/{case_id}/open", "triage")
    @frame.told
    async def opened(request: Request) -> Response:
        """A page of a case that is new and nobody's asks for this by itself, once it is shown."""
        who, now = visitor(request), parts.people.clock.now()
        case = await run(lambda: parts.desk.triage.open(who, request.path_params["case_id"]))
        is_fresh = case.assignee == who.user_id
        values = await run(lambda: panel(parts.desk, case, who, now, is_fresh=is_fresh))
        here = f"{values['row'].row.address}"
        return Response(
            frame.part(request, "case", **values | {"opens": False, "here": here}), media_type="text/html"
        )


def version_of(form: dict[str, str]) -> int:
    """The version on which a form was made. Raises `Senseless`."""
    said = form.get("version", "")
    if not (said.isascii() and said.isdecimal() and len(said) < 19):  # noqa: PLR2004 - digits of 64 bits
        raise Senseless("the form lacks the version that it was made on; load the page again")
    return int(said)


def _row(parts: ConsoleParts, case: Case, user_id: str) -> dict[str, Any]:
    names = parts.desk.crew.names()
    return {"row": row_of(case, names, user_id, parts.people.clock.now()), "queue": "open"}


def _told(case: Case, done: Changed | None, wanted: Change) -> Toast:
    if done is None:
        return Toast("It was so already.")
    if wanted.verdict is not None:
        return toast_of(f"Closed as {words(wanted.verdict)}.", str(done.entry))
    if wanted.status is not None:
        return toast_of(f"Now {words(case.status)}.", str(done.entry))
    if wanted.assignee is not None:
        return toast_of("Assigned." if case.assignee else "Assigned to nobody.", str(done.entry))
    return toast_of("Tags changed.", str(done.entry))


def _entries(done: Changed | None) -> str:
    return "" if done is None else str(done.entry)


def _undone(found: Sequence[Undone]) -> Toast:
    back = sum(bool(one.restored) for one in found)
    kept = sum(bool(one.kept) for one in found)
    stay = f" {kept} changed again since, and what was changed stays." if kept else ""
    return Toast(f"Took back {back} change{'' if back == 1 else 's'}.{stay}")
