"""Cases over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
from fastapi import Depends, Path, Query, Request
from fastapi.responses import Response  # noqa: TC002 - FastAPI reads annotations at run time

from detector.audit.export import to_json
from detector.casework.records import Change, Comment
from detector.console.api.answers import Api, Key, answer, case_body, told
from detector.console.api.conditions import Match, precondition, version_of
from detector.console.api.filters import filters
from detector.console.queries import read_query
from detector.console.schemas import (
    AuditBody,
    CaseBody,
    CasePage,
    ChangeBody,
    ChangedBody,
    RelationBody,
    TextBody,
)
from detector.console.web.routes import Routes, visitor
from detector.console.web.running import etag_of, run
from detector.hook.bodies import json_body
from detector.hook.problems import Problem

if TYPE_CHECKING:
    from detector.casework.records import Case, Changed

CaseId = Annotated[str, Path(min_length=1, max_length=64)]
Cursor = Annotated[str | None, Query(max_length=4096)]
Limit = Annotated[int, Query(ge=1, le=500)]


def add(routes: Routes, api: Api) -> None:
    """Mount the endpoints."""
    _reading(routes, api)
    _changing(routes, api)
    _beside(routes, api)


def _reading(routes: Routes, api: Api) -> None:
    @routes.on("GET", "/cases", "look", responses=told(CasePage, "cases, the most pressing first"))
    async def cases(
        request: Request,
        said: Annotated[dict[str, str], Depends(filters)],
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Response:
        """List cases; follow `cursor` for the rest."""
        query = await run(lambda: read_query(said, visitor(request).user_id))
        page = await run(lambda: api.desk.triage.page(query, cursor, limit))
        return answer(CasePage(tuple(case_body(one) for one in page.items), page.cursor))

    @routes.on("GET", "/cases/{case_id}", "look", responses=told(CaseBody, "the case; its version as ETag"))
    async def case(case_id: CaseId) -> Response:
        """Show a case."""
        return _case(await run(lambda: api.desk.triage.case(case_id)))

    @routes.on("GET", "/cases/{case_id}/related", "look", responses=told(RelationBody, "related", many=True))
    async def related(case_id: CaseId) -> Response:
        """List cases of the same campaign, or of accounts that show the same rare objects."""
        found = await run(lambda: api.desk.triage.related(case_id))
        return answer(
            {"items": [RelationBody(case_body(one.case), one.campaign, one.objects) for one in found]}
        )

    @routes.on("GET", "/cases/{case_id}/history", "look", responses=told(AuditBody, "changes", many=True))
    async def history(case_id: CaseId) -> Response:
        """Show who changed a case, the latest first."""
        await run(lambda: api.desk.triage.case(case_id))
        found = await run(lambda: api.desk.trail.of("case", case_id))
        return answer({"items": [to_json(one) for one in found]})


def _changing(routes: Routes, api: Api) -> None:
    changes = msgspec.json.Decoder(ChangeBody)
    done = told(ChangedBody, "the case as it is now, and what undoes the change")

    @routes.on("PATCH", "/cases/{case_id}", "triage", responses=done, openapi_extra=json_body(ChangeBody))
    async def change(request: Request, case_id: CaseId, if_match: Match = None, key: Key = None) -> Response:
        """Change a case: status, verdict, assignee, tags, or what it is part of."""
        asked, body = await api.read(request, changes)
        who, version = visitor(request), version_of(if_match)

        async def work() -> Response:
            try:
                found = await run(
                    lambda: api.desk.triage.change(who, case_id, change_of(asked), asked.why, version)
                )
            except Problem as problem:
                raise precondition(problem) if if_match else problem from None
            return _changed(*found)

        return await api.once(request, key, body, work)

    @routes.on("POST", "/cases/{case_id}/open", "triage", responses=told(CaseBody, "the case"))
    async def opened(request: Request, case_id: CaseId) -> Response:
        """Open a case: it is the caller's from now on if it was new and nobody's."""
        return _case(await run(lambda: api.desk.triage.open(visitor(request), case_id)))


def _beside(routes: Routes, api: Api) -> None:
    texts = msgspec.json.Decoder(TextBody)

    @routes.on("GET", "/cases/{case_id}/comments", "look", responses=told(Comment, "oldest first", many=True))
    async def comments(case_id: CaseId) -> Response:
        """List comments on a case."""
        return answer({"items": await run(lambda: api.desk.triage.comments(case_id))})

    @routes.on(
        "POST",
        "/cases/{case_id}/comments",
        "triage",
        status_code=201,
        responses=told(Comment, "the comment", 201),
        openapi_extra=json_body(TextBody),
    )
    async def comment(request: Request, case_id: CaseId, key: Key = None) -> Response:
        """Comment on a case."""
        asked, body = await api.read(request, texts)

        async def work() -> Response:
            return answer(
                await run(lambda: api.desk.triage.comment(visitor(request), case_id, asked.text)), 201
            )

        return await api.once(request, key, body, work)


def change_of(asked: ChangeBody) -> Change:
    """As the desk takes it."""
    return Change(
        asked.status,
        asked.verdict,
        asked.confidence,
        asked.assignee,
        asked.add_tags,
        asked.remove_tags,
        asked.merge_into,
    )


def _case(case: Case) -> Response:
    return answer(case_body(case), ETag=etag_of(case.version))


def _changed(case: Case, done: Changed | None) -> Response:
    body = ChangedBody(case_body(case), None if done is None else done.entry)
    return answer(body, ETag=etag_of(case.version))
