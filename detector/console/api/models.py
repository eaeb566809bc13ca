"""Versions of the model over HTTP: what they are, and which one is used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec
from fastapi import Path, Query, Request
from fastapi.responses import Response  # noqa: TC002 - FastAPI reads annotations at run time

from detector.console.api.answers import Api, Key, answer, told
from detector.console.api.conditions import Match, needed_version, precondition
from detector.console.desk.models import DriftBody, ModelsBody, ShadowBody
from detector.console.desk.turning import TurningBody
from detector.console.desk.versions import VersionBody, VersionRow
from detector.console.schemas import TurnBody
from detector.console.web.downloads import download
from detector.console.web.routes import Routes, visitor
from detector.console.web.running import etag_of, run
from detector.hook.bodies import json_body
from detector.hook.problems import Problem, problems

if TYPE_CHECKING:
    from collections.abc import Callable

    from detector.people.guard import Visitor

Version = Annotated[
    str, Path(min_length=1, max_length=64, description="its name, `champion` or `challenger`")
]
CardForm = Annotated[Literal["html", "md"], Query(alias="format")]
CARDS: Final = {"html": "text/html; charset=utf-8", "md": "text/markdown; charset=utf-8"}
"""Forms of a card and their media types."""
_CARD: Final[dict[int | str, Any]] = {
    200: {"description": "the card", "content": {kind.partition(";")[0]: {} for kind in CARDS.values()}}
}


def add(routes: Routes, api: Api) -> None:
    """Mount the endpoints."""
    _looking(routes, api)
    _live(routes, api)
    _turning(routes, api)


def _looking(routes: Routes, api: Api) -> None:
    models = api.desk.models

    @routes.on("GET", "/models", "look", responses=told(ModelsBody, "versions; the registry's head as ETag"))
    async def versions() -> Response:
        """List versions of the model, what they are used for, and what the gate says of them now."""
        found = await run(models.standing)
        return answer(found, ETag=etag_of(found.head))

    @routes.on("GET", "/models/{version}", "look", responses=told(VersionBody, "the version"))
    async def version(version: Version) -> Response:
        """Show where a version comes from, what the gate said of each slice, and what was done with it."""
        return answer(await run(lambda: models.version(version)))

    @routes.on("GET", "/models/{version}/card", "look", responses=_CARD)
    async def card(version: Version, form: CardForm = "html") -> Response:
        """Download a version's card."""
        body = await run(lambda: models.card(version, html=form == "html"))
        return download(body, CARDS[form], f"{version}.{form}")

    @routes.on("GET", "/models/{version}/changes", "look", responses=told(TurningBody, "what would change"))
    async def changes(version: Version) -> Response:
        """List accounts that a version would alert and the model in use does not, and the other way round."""
        return answer(await run(lambda: models.turning(version)))


def _live(routes: Routes, api: Api) -> None:
    models = api.desk.models

    @routes.on("GET", "/shadow", "look", responses=told(ShadowBody, "by day and challenger"))
    async def shadow() -> Response:
        """Show how far champion and challenger agree on the live stream."""
        return answer(await run(models.shadow))

    @routes.on("GET", "/drift", "look", responses=told(DriftBody, "drift, and what speaks for a training"))
    async def drift() -> Response:
        """Show how far the traffic moved from what the model in use was compared with."""
        return answer(await run(models.drift))


def _turning(routes: Routes, api: Api) -> None:
    decoder, models = msgspec.json.Decoder(TurnBody), api.desk.models
    more: dict[str, Any] = {
        "responses": told(VersionRow, "the champion") | problems(s428="If-Match is missing"),
        "openapi_extra": json_body(TurnBody),
    }

    async def turned(
        request: Request,
        key: str | None,
        if_match: str | None,
        work: Callable[[Visitor, TurnBody, int], VersionRow],
    ) -> Response:
        asked, body = await api.read(request, decoder)
        who, head = visitor(request), needed_version(if_match)

        async def done() -> Response:
            try:
                return answer(await run(lambda: work(who, asked, head)))
            except Problem as problem:
                raise precondition(problem) from None

        return await api.once(request, key, body, done)

    @routes.on("POST", "/models/{version}/promote", "enforce", **more)
    async def promote(
        request: Request, version: Version, if_match: Match = None, key: Key = None
    ) -> Response:
        """Make a version the champion, from the next start of what uses it; never against the gate."""
        return await turned(
            request,
            key,
            if_match,
            lambda who, asked, head: models.promote(who, version, asked.why, asked.confirm, head),
        )

    @routes.on("POST", "/models/rollback", "enforce", **more)
    async def rollback(request: Request, if_match: Match = None, key: Key = None) -> Response:
        """Take the last promotion back."""
        return await turned(
            request,
            key,
            if_match,
            lambda who, asked, head: models.rollback(who, asked.why, asked.confirm, head),
        )
