"""Many cases over HTTP: how many, the change, and its undoing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
from fastapi import Path, Request
from fastapi.responses import Response  # noqa: TC002 - as above

from detector.casework.ranges import read_ranges
from detector.casework.records import BulkChange
from detector.console.api.answers import Api, Key, answer, case_body, told
from detector.console.api.cases import change_of
from detector.console.desk.errors import Senseless
from detector.console.desk.selection import Selection
from detector.console.queries import parse_query
from detector.console.schemas import (
    BulkBegun,
    BulkBody,
    BulkDone,
    PreviewBody,
    SelectionBody,
    UndoBody,
    UndoneBody,
)
from detector.console.web.routes import Routes, visitor
from detector.console.web.running import run
from detector.hook.bodies import json_body

if TYPE_CHECKING:
    from detector.casework.records import Undone

JobId = Annotated[str, Path(min_length=1, max_length=64)]


def add(routes: Routes, api: Api) -> None:
    """Mount the endpoints."""
    _previewing(routes, api)
    _changing(routes, api)
    _undoing(routes, api)


def _previewing(routes: Routes, api: Api) -> None:
    decoder = msgspec.json.Decoder(SelectionBody)
    seen = told(PreviewBody, "what a change would reach")

    @routes.on("POST", "/bulk/preview", "triage", responses=seen, openapi_extra=json_body(SelectionBody))
    async def preview(request: Request) -> Response:
        """Count the cases that a change would reach."""
        asked, _ = await api.read(request, decoder)
        selection = await run(lambda: _selection(asked, visitor(request).user_id))
        found = await run(lambda: api.desk.triage.preview(selection))
        return answer(PreviewBody(found.count, found.is_more, tuple(case_body(one) for one in found.sample)))


def _changing(routes: Routes, api: Api) -> None:
    decoder = msgspec.json.Decoder(BulkBody)
    done = told(BulkDone, "what was done, and what undoes it") | told(BulkBegun, "it goes on", 202)

    @routes.on("POST", "/bulk", "triage", responses=done, openapi_extra=json_body(BulkBody))
    async def bulk(request: Request, key: Key = None) -> Response:
        """Change many cases; all of a query takes the permission `except_widely` as well.

        More than a portion goes on by itself, and others may write meanwhile; `/v1/bulk/{job_id}` says how
        far it came.
        """
        asked, body = await api.read(request, decoder)
        who, change = visitor(request), change_of(asked.change)
        selection = await run(lambda: _selection(asked, who.user_id))

        async def work() -> Response:
            found = await run(lambda: api.desk.triage.bulk(who, selection, change, asked.change.why))
            if found.job_id is not None:
                return answer(BulkBegun(found.job_id), 202)
            return answer(BulkDone(found.changed, found.refused, found.entries))

        return await api.once(request, key, body, work)

    @routes.on("GET", "/bulk/{job_id}", "triage", responses=told(BulkChange, "how far it came"))
    async def progress(job_id: JobId) -> Response:
        """Show how far a change of many cases came; `ended` is null while it goes on."""
        return answer(await run(lambda: api.desk.triage.bulk_change(job_id)))


def _undoing(routes: Routes, api: Api) -> None:
    decoder = msgspec.json.Decoder(UndoBody)
    done = told(UndoneBody, "what became of each entry", many=True)

    @routes.on("POST", "/undo", "triage", responses=done, openapi_extra=json_body(UndoBody))
    async def undo(request: Request, key: Key = None) -> Response:
        """Take changes back, so far as nobody changed the same again."""
        asked, body = await api.read(request, decoder)
        entries = await run(lambda: read_ranges(asked.entries))

        async def work() -> Response:
            found = await run(lambda: api.desk.triage.undo(visitor(request), entries))
            return answer({"items": [_undone(one) for one in found]})

        return await api.once(request, key, body, work)


def _selection(asked: SelectionBody | BulkBody, who: str) -> Selection:
    if asked.query is not None and asked.cases:
        raise Senseless("cases and query are both given; give one")
    if asked.query is not None:
        return Selection(query=parse_query(asked.query, who))
    return Selection(asked.cases)


def _undone(one: Undone) -> UndoneBody:
    return UndoneBody(one.entry, None if one.case is None else one.case.case_id, one.restored, one.kept)
