"""Exceptions and saved views over HTTP."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import Path, Query, Request
from fastapi.responses import Response

from detector.casework.records import Exempt, SavedView, Scope
from detector.console.api.answers import Api, Key, answer, told
from detector.console.queries import parse_query, write_query
from detector.console.schemas import ExceptionBody, ViewBody
from detector.console.web.routes import Routes, visitor
from detector.console.web.running import run
from detector.hook.bodies import json_body

ExceptionId = Annotated[str, Path(min_length=1, max_length=64)]
Name = Annotated[str, Path(min_length=1, max_length=64)]
Subject = Annotated[str | None, Query(max_length=1024)]
Why = Annotated[str, Query(max_length=2000)]


def add(routes: Routes, api: Api) -> None:
    """Mount the endpoints."""
    _exceptions(routes, api)
    _views(routes, api)


def _exceptions(routes: Routes, api: Api) -> None:
    decoder = msgspec.json.Decoder(ExceptionBody)
    keeping = api.desk.keeping

    @routes.on("GET", "/exceptions", "look", responses=told(Exempt, "those that count now", many=True))
    async def exceptions(scope: Scope | None = None, subject: Subject = None) -> Response:
        """List what is allowed or snoozed, the latest first."""
        return answer({"items": await run(lambda: keeping.exceptions(scope, subject))})

    @routes.on(
        "POST",
        "/exceptions",
        "except",
        status_code=201,
        responses=told(Exempt, "the exception", 201),
        openapi_extra=json_body(ExceptionBody),
    )
    async def add_exception(request: Request, key: Key = None) -> Response:
        """Allow or snooze; organisations and detectors take the permission `except_widely` as well."""
        asked, body = await api.read(request, decoder)
        who = visitor(request)

        async def work() -> Response:
            made = await run(
                lambda: keeping.add(who, asked.kind, asked.scope, asked.subject, asked.reason, asked.until)
            )
            return answer(made, 201)

        return await api.once(request, key, body, work)

    @routes.on("DELETE", "/exceptions/{exception_id}", "except", responses=told(Exempt, "as it ended"))
    async def end_exception(request: Request, exception_id: ExceptionId, why: Why = "") -> Response:
        """Take an exception back."""
        return answer(await run(lambda: keeping.end(visitor(request), exception_id, why)))


def _views(routes: Routes, api: Api) -> None:
    decoder = msgspec.json.Decoder(ViewBody)
    keeping = api.desk.keeping

    @routes.on("GET", "/views", "look", responses=told(SavedView, "yours, then what others share", many=True))
    async def views(request: Request) -> Response:
        """List saved views."""
        return answer({"items": await run(lambda: keeping.views(visitor(request)))})

    @routes.on(
        "PUT",
        "/views/{name:rest}",
        "triage",
        responses=told(SavedView, "the view"),
        openapi_extra=json_body(ViewBody),
    )
    async def save(request: Request, name: Name) -> Response:
        """Keep a query under a name."""
        asked, _ = await api.read(request, decoder)
        who = visitor(request)
        query = await run(lambda: write_query(parse_query(asked.query, who.user_id), who.user_id))
        return answer(await run(lambda: keeping.save(who, name, query, shared=asked.shared)))

    @routes.on("DELETE", "/views/{name:rest}", "triage", status_code=204)
    async def forget(request: Request, name: Name) -> Response:
        """Let go of a view of yours."""
        await run(lambda: keeping.forget(visitor(request), name))
        return Response(status_code=204)
