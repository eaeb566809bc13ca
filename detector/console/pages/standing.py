"""The overview, the audit, settings and help."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, cast

from fastapi import Request  # noqa: TC002 - FastAPI reads annotations at run time
from fastapi.responses import Response  # noqa: TC002 - as above

from detector.console.desk.trail import LATEST
from detector.console.pages.frame import form_of
from detector.console.pages.toast import Toast
from detector.console.views.changes import changes
from detector.console.views.overview import overview_view
from detector.console.web.routes import Routes, visitor
from detector.console.web.running import run
from detector.people.roles import PERSONAL, may

if TYPE_CHECKING:
    from detector.console.desk.desk import Desk
    from detector.console.pages.frame import Frame
    from detector.console.parts import ConsoleParts
    from detector.people.guard import Visitor
    from detector.people.roles import Role

A_PAGE: Final = 100
DAY: Final = 24 * 3_600_000
SPANS: Final = {"day": (DAY, 1_800_000), "week": (7 * DAY, 6 * 3_600_000), "month": (30 * DAY, DAY)}
"""By name how far to look back, and in which steps; ms."""


def add(routes: Routes, parts: ConsoleParts, frame: Frame) -> None:
    """Mount the pages."""
    desk = parts.desk

    @routes.on("GET", "", "look")
    @frame.told
    async def overview(request: Request) -> Response:
        asked = request.query_params.get("span", "")
        span = asked if asked in SPANS else "day"
        found = await run(lambda: desk.overview.picture(*SPANS[span]))
        names = await run(desk.crew.names)
        shown = overview_view(found, names, parts.people.clock.now())
        return frame.page(request, "overview", "/console", span=span, spans=tuple(SPANS), **shown)

    @routes.on("GET", "/", "look")
    async def with_slash(_: Request) -> Response:
        return frame.back("/console")

    @routes.on("GET", "/audit", "audit")
    @frame.told
    async def audit(request: Request) -> Response:
        before = _before(request.query_params.get("before", ""))
        found = await run(lambda: desk.trail.page(before, A_PAGE))
        names = await run(desk.crew.names)
        more = found[-1].number if found and found[-1].number > 1 else None
        return frame.page(request, "audit", "/console/audit", entries=changes(found, names), more=more)

    @routes.on("GET", "/settings", "look")
    @frame.told
    async def settings(request: Request) -> Response:
        who = visitor(request)
        return frame.page(request, "settings", "/console/settings", **await run(lambda: _settings(desk, who)))

    @routes.on("GET", "/help", "look")
    @frame.told
    async def help_(request: Request) -> Response:
        return frame.page(request, "help", "/console/help")

    _people(routes, parts, frame)

    @routes.on("POST", "/deliveries/{number}/retry", "sinks")
    @frame.told
    async def retry(request: Request) -> Response:
        number = _before(request.path_params["number"])
        tried = await run(lambda: desk.shipping.retry(number))
        return frame.back(
            "/console/settings", Toast("Will be tried again." if tried else "It had not failed.")
        )


def _people(routes: Routes, parts: ConsoleParts, frame: Frame) -> None:
    crew = parts.desk.crew

    @routes.on("POST", "/people", "people")
    @frame.told
    async def add_person(request: Request) -> Response:
        who, form = visitor(request), await form_of(request)
        made = await run(lambda: crew.add(who, form.get("name", ""), _role(form)))
        return _linked(request, made.person.name, made.link)

    @routes.on("POST", "/people/{user_id}/change", "people")
    @frame.told
    async def change_person(request: Request) -> Response:
        who, form, user_id = visitor(request), await form_of(request), request.path_params["user_id"]
        if form.get("deed") == "reset":
            made = await run(lambda: crew.reset(who, user_id))
            return _linked(request, made.person.name, made.link)
        if form.get("deed") == "disable":
            person = await run(lambda: crew.disable(who, user_id))
        elif form.get("deed") == "enable":
            person = await run(lambda: crew.enable(who, user_id))
        else:
            person = await run(lambda: crew.set_role(who, user_id, _role(form)))
        return frame.back("/console/settings", Toast(f"{person.name} was changed."))

    def _linked(request: Request, name: str, link: str) -> Response:
        address = f"{parts.people.site.origin}/setup/{link}"
        return frame.page(request, "invited", "/console/settings", name=name, address=address)


def _settings(desk: Desk, who: Visitor) -> dict[str, Any]:
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for (sink, status), number in desk.shipping.counts().items():
        counts[sink][status] = number
    failed = desk.shipping.deliveries(status="failed", before=None, limit=50)
    is_trusted = may(who.role, "people")
    return {
        "people": desk.crew.people() if is_trusted else [],
        "roles": PERSONAL,
        "sinks": desk.shipping.sinks() if may(who.role, "sinks") else [],
        "counts": counts,
        "failed": failed if may(who.role, "sinks") else [],
        "exceptions": desk.keeping.exceptions(),
        "names": desk.crew.names(),
        "service": desk.service.standing(),
    }


def _role(form: dict[str, str]) -> Role:
    """As it was sent; who sets it refuses what is none."""
    return cast("Role", form.get("role", ""))


def _before(text: str) -> int:
    """An entry's or a delivery's number."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else LATEST  # noqa: PLR2004 - digits of 64 bits
