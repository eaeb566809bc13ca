"""What is known of accounts and campaigns, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
from fastapi import Path, Query, Request
from fastapi.responses import Response  # noqa: TC002 - FastAPI reads annotations at run time

from detector.alert import Kind  # noqa: TC001 - as above
from detector.console.api.answers import Api, answer, told
from detector.console.desk.errors import Missing
from detector.console.schemas import OverviewBody, PrecisionBody, RevealBody, SampleBody
from detector.console.web.routes import Routes, visitor
from detector.console.web.running import run
from detector.dossier.records import AccountDossier, CampaignDossier, Measurement, Sharing
from detector.hook.bodies import json_body

if TYPE_CHECKING:
    from detector.console.desk.desk import Desk
    from detector.console.desk.overview import Picture
    from detector.dossier.records import Sample

Name = Annotated[str, Path(min_length=1, max_length=1024)]
Limit = Annotated[int, Query(ge=1, le=1000)]
Hours = Annotated[int, Query(ge=1, le=24 * 90)]
_HOUR = 3_600_000
_STEPS = 48
_LEAST = 300_000


def add(routes: Routes, api: Api) -> None:
    """Mount the endpoints; an id may hold anything, so it is the rest of the path."""
    _dossiers(routes, api)
    _samples(routes, api)

    @routes.on("GET", "/overview", "look", responses=told(OverviewBody, "how things stand"))
    async def overview(hours: Hours = 24) -> Response:
        """Show traffic, alerts, how right they were, and the health of the log over the last hours."""
        span = hours * _HOUR
        found = await run(lambda: api.desk.overview.picture(span, max(span // _STEPS, _LEAST)))
        return answer(_overview(found))


def _dossiers(routes: Routes, api: Api) -> None:
    papers = api.desk.papers

    @routes.on(
        "GET", "/campaigns/{campaign_id:rest}", "look", responses=told(CampaignDossier, "the latest dossier")
    )
    async def campaign(campaign_id: Name) -> Response:
        """Show a campaign."""
        return answer(await run(lambda: _campaign(api.desk, campaign_id)))

    @routes.on(
        "GET", "/accounts/{account_id:rest}", "look", responses=told(AccountDossier, "the latest dossier")
    )
    async def account(account_id: Name) -> Response:
        """Show an account."""
        return answer(await run(lambda: _account(api.desk, account_id)))

    @routes.on(
        "GET",
        "/history/{kind}/{subject_id:rest}",
        "look",
        responses=told(Measurement, "oldest first", many=True),
    )
    async def history(kind: Kind, subject_id: Name) -> Response:
        """Show how an account or a campaign grew."""
        return answer({"items": await run(lambda: papers.history(kind, subject_id))})

    @routes.on(
        "GET",
        "/objects/{object_id:rest}",
        "look",
        responses=told(Sharing, "accounts, the highest score first", many=True),
    )
    async def sharing(object_id: Name, limit: Limit = 100) -> Response:
        """List accounts that show an object."""
        return answer({"items": await run(lambda: papers.sharing(object_id, limit))})


def _samples(routes: Routes, api: Api) -> None:
    decoder = msgspec.json.Decoder(RevealBody)
    papers = api.desk.papers

    @routes.on(
        "GET",
        "/samples/{account_id:rest}",
        "look",
        responses=told(SampleBody, "facts of requests", many=True),
    )
    async def samples(account_id: Name) -> Response:
        """List requests that were kept of an account, without their text."""
        return answer({"items": [_sample(one) for one in await run(lambda: papers.samples(account_id))]})

    shown = {
        200: {"description": "the text", "content": {"application/json": {"schema": {"type": "object"}}}}
    }

    @routes.on("POST", "/reveal", "reveal", responses=shown, openapi_extra=json_body(RevealBody))
    async def reveal(request: Request) -> Response:
        """Show the text of a sample; who asks and why goes to the audit first."""
        asked, _ = await api.read(request, decoder)
        who = visitor(request)
        text = await run(lambda: papers.reveal(who, asked.account_id, asked.event_id, asked.why))
        return answer({"text": text})


def _campaign(desk: Desk, campaign_id: str) -> CampaignDossier:
    found = desk.papers.campaign(campaign_id)
    if found is None:
        raise Missing("no campaign of this id has a dossier")
    return found


def _account(desk: Desk, account_id: str) -> AccountDossier:
    found = desk.papers.account(account_id)
    if found is None:
        raise Missing("no account of this id has a dossier; those that are alerted, or come near it, have")
    return found


def _sample(one: Sample) -> SampleBody:
    return SampleBody(one.account_id, one.event_id, one.time, one.facts, one.content is not None)


def _overview(found: Picture) -> OverviewBody:
    exports: dict[str, dict[str, int]] = {}
    for (sink, status), number in found.exports.items():
        exports.setdefault(sink, {})[status] = number
    return OverviewBody(
        found.since,
        found.step,
        {name: [(one.time, one.value) for one in points] for name, points in found.series.items()},
        {one.field: one.share for one in found.health},
        tuple(
            PrecisionBody(one.week, one.rate.hits, one.rate.n, one.rate.low, one.rate.high)
            for one in found.precision
        ),
        {one.assignee: one.count for one in found.work},
        found.model_id,
        dict(found.standing.letters),
        exports,
    )
