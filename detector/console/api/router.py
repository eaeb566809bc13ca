"""All of the API, below `/v1`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fastapi import APIRouter

from detector.console.api import administering, bulk, cases, keeping, models, papers
from detector.console.api.answers import FAILS, Api
from detector.console.web.routes import Routes
from detector.people.guard import allowed

if TYPE_CHECKING:
    from detector.console.parts import ConsoleParts


def api_routes(parts: ConsoleParts) -> Routes:
    """Every endpoint."""
    router = APIRouter(prefix="/v1", tags=["triage"], responses=FAILS)
    routes, api = Routes(partial(allowed, parts.people), router), Api(parts)
    # Downloads before cases: both begin with the same path.
    for endpoints in (administering, bulk, cases, keeping, models, papers):
        endpoints.add(routes, api)
    return routes
