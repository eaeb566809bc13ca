"""All pages, below `/console`; they are no part of the API."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fastapi import APIRouter

from detector.console.pages import acting, bulk, keeping, models, queue, standing, subjects
from detector.console.pages.frame import Frame
from detector.console.web.routes import Routes
from detector.people.guard import signed_in

if TYPE_CHECKING:
    from detector.console.parts import ConsoleParts


def page_routes(parts: ConsoleParts) -> Routes:
    """Every page and what its forms are sent to."""
    router = APIRouter(prefix="/console", include_in_schema=False)
    routes, frame = Routes(partial(signed_in, parts.people), router), Frame(parts)
    for pages in (queue, acting, bulk, subjects, keeping, models, standing):
        pages.add(routes, parts, frame)
    return routes
