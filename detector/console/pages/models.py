"""Versions of the model: how they stand, one of them with what it would change, and which is used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import Request  # noqa: TC002 - FastAPI reads annotations at run time
from fastapi.responses import Response  # noqa: TC002 - as above

from detector.console.api.models import CARDS
from detector.console.desk.versions import lineage_lines
from detector.console.pages.acting import version_of
from detector.console.pages.frame import form_of
from detector.console.pages.toast import Toast
from detector.console.views.models import gate_groups, turned_rows
from detector.console.web.downloads import download
from detector.console.web.routes import Routes, visitor
from detector.console.web.running import run

if TYPE_CHECKING:
    from detector.console.desk.models import Models
    from detector.console.pages.frame import Frame
    from detector.console.parts import ConsoleParts

SECTION = "/console/models"


def add(routes: Routes, parts: ConsoleParts, frame: Frame) -> None:
    """Mount the pages, and what their forms are sent to."""
    models = parts.desk.models

    @routes.on("GET", "/models", "look")
    @frame.told
    async def versions(request: Request) -> Response:
        return frame.page(request, "models", SECTION, **await run(lambda: _models(models)))

    @routes.on("GET", "/models/{version}", "look")
    @frame.told
    async def version(request: Request) -> Response:
        name = request.path_params["version"]
        return frame.page(request, "version", SECTION, **await run(lambda: _version(models, name)))

    @routes.on("GET", "/models/{version}/card", "look")
    @frame.told
    async def card(request: Request) -> Response:
        name = request.path_params["version"]
        body = await run(lambda: models.card(name, html=True))
        return download(body, CARDS["html"], f"{name}.html")

    _turning(routes, models, frame)


def _turning(routes: Routes, models: Models, frame: Frame) -> None:
    @routes.on("POST", "/models/{version}/promote", "enforce")
    @frame.told
    async def promote(request: Request) -> Response:
        who, form = visitor(request), await form_of(request)
        name, head = request.path_params["version"], await run(lambda: version_of(form))
        made = await run(lambda: models.promote(who, name, *_said(form), head))
        return frame.back(
            SECTION, Toast(f"{made.version} is champion. Restart what uses it, and calibrate anew.")
        )

    @routes.on("POST", "/models/rollback", "enforce")
    @frame.told
    async def rollback(request: Request) -> Response:
        who, form = visitor(request), await form_of(request)
        head = await run(lambda: version_of(form))
        made = await run(lambda: models.rollback(who, *_said(form), head))
        return frame.back(SECTION, Toast(f"{made.version} is champion again. Restart what uses it."))


def _said(form: dict[str, str]) -> tuple[str, str]:
    """Why, and the version's name once more."""
    return form.get("why", ""), form.get("confirm", "")


def _models(models: Models) -> dict[str, Any]:
    drift = models.drift()
    return {
        "standing": models.standing() if models.is_there else None,
        "used": drift.drift.model_id,
        "shadow": models.shadow().days[::-1],
        "drift": drift.drift,
        "moved": [one for one in drift.drift.stability if one.moved],
        "fields": [one for one in drift.drift.fields if one.moved],
        "proposal": drift.proposal,
    }


def _version(models: Models, name: str) -> dict[str, Any]:
    standing, found = models.standing(), models.version(name)
    row = found.version
    # Of the champion, what going back would change.
    returns = standing.returns if row.role == "champion" else None
    other = row.version if row.role != "champion" else returns
    turning = None if other is None else models.turning(other)
    return {
        "standing": standing,
        "row": row,
        "groups": gate_groups(found.gate),
        "gate": found.gate,
        "lineage": lineage_lines(found.lineage),
        "history": found.history[::-1],
        "returns": returns,
        "other": other,
        "turning": turning,
        "turned": [] if turning is None else turned_rows(turning),
    }
