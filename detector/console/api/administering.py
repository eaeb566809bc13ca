"""Downloads, sinks, people and the audit over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from fastapi import Path, Query, Request
from fastapi.responses import Response  # noqa: TC002 - FastAPI reads annotations at run time

from detector.audit.export import to_json
from detector.console.api.answers import Api, answer, shown, told
from detector.console.api.cases import CaseId  # noqa: TC001 - FastAPI reads annotations at run time
from detector.console.desk.errors import Senseless
from detector.console.desk.trail import LATEST
from detector.console.schemas import (
    AuditBody,
    DeliveryBody,
    InvitedBody,
    NewPerson,
    PersonBody,
    PersonChange,
    SinkBody,
)
from detector.console.web.downloads import download
from detector.console.web.routes import Routes, visitor
from detector.console.web.running import run
from detector.exports.formats import FormatName  # noqa: TC001 - as above
from detector.exports.outbox.deliveries import DeliveryStatus  # noqa: TC001 - as above
from detector.hook.bodies import json_body

if TYPE_CHECKING:
    from detector.console.desk.crew import Crew, Invited
    from detector.people.guard import Visitor
    from detector.people.records import Person

Before = Annotated[int, Query(ge=1, le=LATEST, description="entries with lower numbers")]
Limit = Annotated[int, Query(ge=1, le=1000)]
Number = Annotated[int, Path(ge=1, le=LATEST)]
UserId = Annotated[str, Path(min_length=1, max_length=64)]
_FILE: Final[dict[int | str, Any]] = {
    200: {"description": "the document", "content": {"application/octet-stream": {}}}
}


def add(routes: Routes, api: Api) -> None:
    """Mount the endpoints."""
    _shipping(routes, api)
    _people(routes, api)

    @routes.on("GET", "/audit", "audit", responses=told(AuditBody, "the latest first", many=True))
    async def audit(before: Before = LATEST, limit: Limit = 100) -> Response:
        """Show who did what; each entry's digest covers the one before."""
        found = await run(lambda: api.desk.trail.page(before, limit))
        return answer({"items": [to_json(one) for one in found]})


def _shipping(routes: Routes, api: Api) -> None:
    shipping = api.desk.shipping

    @routes.on("GET", "/cases/{case_id}/export", "export", responses=_FILE)
    async def export(case_id: CaseId, format: FormatName = "ocsf") -> Response:  # noqa: A002 - the parameter's name
        """Download a case."""
        body, kind = await run(lambda: shipping.export(case_id, format))
        return download(body, kind.media_type, f"{case_id}.{kind.suffix}")

    @routes.on("GET", "/sinks", "sinks", responses=told(SinkBody, "by name", many=True))
    async def sinks() -> Response:
        """List where findings are sent."""
        found = await run(shipping.sinks)
        return answer({"items": [shown(one, SinkBody) for one in found]})

    @routes.on("GET", "/deliveries", "sinks", responses=told(DeliveryBody, "the latest first", many=True))
    async def deliveries(
        status: DeliveryStatus | None = None, before: Before = LATEST, limit: Limit = 50
    ) -> Response:
        """List what is sent, was sent, or failed."""
        found = await run(lambda: shipping.deliveries(status=status, before=before, limit=limit))
        return answer({"items": [shown(one, DeliveryBody) for one in found]})

    @routes.on("POST", "/deliveries/{number}/retry", "sinks")
    async def retry(number: Number) -> dict[str, int]:
        """Try a delivery again that failed."""
        return {"retried": await run(lambda: shipping.retry(number))}


def _people(routes: Routes, api: Api) -> None:
    crew = api.desk.crew
    new, changes = msgspec.json.Decoder(NewPerson), msgspec.json.Decoder(PersonChange)

    @routes.on("GET", "/people", "people", responses=told(PersonBody, "by name", many=True))
    async def people() -> Response:
        """List who may sign in."""
        return answer({"items": [shown(one, PersonBody) for one in await run(crew.people)]})

    @routes.on(
        "POST",
        "/people",
        "people",
        status_code=201,
        responses=told(InvitedBody, "somebody and a link, shown once", 201),
        openapi_extra=json_body(NewPerson),
    )
    async def add_person(request: Request) -> Response:
        """Let somebody in."""
        asked, _ = await api.read(request, new)
        made = await run(lambda: crew.add(visitor(request), asked.name, asked.role))
        return answer(_invited(api, made), 201)

    @routes.on(
        "PATCH",
        "/people/{user_id}",
        "people",
        responses=told(PersonBody, "as they are now"),
        openapi_extra=json_body(PersonChange),
    )
    async def change_person(request: Request, user_id: UserId) -> Response:
        """Change a role, or let nobody in as this person; sessions end."""
        asked, _ = await api.read(request, changes)
        who = visitor(request)
        return answer(shown(await run(lambda: _change(crew, who, user_id, asked)), PersonBody))

    @routes.on("POST", "/people/{user_id}/link", "people", responses=told(InvitedBody, "a link, shown once"))
    async def link(request: Request, user_id: UserId) -> Response:
        """Forget a password, end all sessions, and make a link to choose another."""
        return answer(_invited(api, await run(lambda: crew.reset(visitor(request), user_id))))


def _change(crew: Crew, who: Visitor, user_id: str, asked: PersonChange) -> Person:
    if (asked.role is None) == (asked.disabled is None):
        raise Senseless("role and disabled: give one of them")
    if asked.role is not None:
        return crew.set_role(who, user_id, asked.role)
    return crew.disable(who, user_id) if asked.disabled else crew.enable(who, user_id)


def _invited(api: Api, made: Invited) -> InvitedBody:
    return InvitedBody(shown(made.person, PersonBody), f"{api.site.origin}/setup/{made.link}")
