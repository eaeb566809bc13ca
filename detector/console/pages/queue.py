"""The queue: cases by what presses most, and what somebody filters for."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from fastapi import Request  # noqa: TC002 - FastAPI reads annotations at run time
from fastapi.responses import RedirectResponse, Response

from detector.casework.records import CaseQuery
from detector.casework.statuses import QUEUES, VERDICTS
from detector.console.deeds import DEEDS
from detector.console.pages.panel import Choice
from detector.console.queries import CHOICES, ME, NOBODY, read_query, write_query
from detector.console.views.rows import row_of, subject_address
from detector.console.views.words import severity, words
from detector.console.web.routes import Routes, visitor
from detector.console.web.running import run

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from detector.casework.records import Case, Page
    from detector.console.desk.desk import Desk
    from detector.console.pages.frame import Frame
    from detector.console.parts import ConsoleParts
    from detector.people.guard import Visitor
    from detector.people.records import Person

A_PAGE: Final = 50
COUNTED: Final = 1000
"""cases of a tab that are counted; of more it says so"""
_MINUTE: Final = 60_000
_MOST_REASONS: Final = 5


@dataclass(frozen=True, slots=True)
class Tab:
    """A queue beside the others."""

    name: str
    address: str
    count: str


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice of a few."""

    name: str
    title: str
    value: str
    choices: tuple[Choice, ...]
    """after the one that leaves it open"""
    unset: str = "any"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for."""

    query: CaseQuery
    cursor: str | None
    address: str
    """of the query, without the cursor"""


def add(routes: Routes, parts: ConsoleParts, frame: Frame) -> None:
    """Mount the pages."""
    desk, now = parts.desk, parts.people.clock.now

    @routes.on("GET", "/queue", "look")
    @frame.told
    async def queue(request: Request) -> Response:
        who = visitor(request)
        return frame.page(
            request, "queue", "/console/queue", **await run(lambda: _queue(desk, request, who, now()))
        )

    @routes.on("GET", "/queue/rows", "look")
    @frame.told
    async def rows(request: Request) -> Response:
        who = visitor(request)
        asked = await run(lambda: _asked(request, who))
        page = await run(lambda: desk.triage.page(asked.query, asked.cursor, A_PAGE))
        tag = _tag(asked, page, now())
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={"ETag": tag})
        values = await run(lambda: _rows(asked, page, desk.crew.names(), who, now()))
        return Response(frame.part(request, "rows", **values), headers={"ETag": tag}, media_type="text/html")

    @routes.on("GET", "/cases/{case_id}/brief", "look")
    @frame.told
    async def brief(request: Request) -> Response:
        values = await run(lambda: _brief(desk, request.path_params["case_id"]))
        return Response(frame.part(request, "brief", **values), media_type="text/html")

    @routes.on("GET", "/cases/{case_id}", "look")
    @frame.told
    async def case(request: Request) -> Response:
        found = await run(lambda: desk.triage.case(request.path_params["case_id"]))
        return RedirectResponse(subject_address(found.kind, found.subject_id), 303)

    @routes.on("GET", "/search", "look")
    @frame.told
    async def search(request: Request) -> Response:
        return RedirectResponse(
            await run(lambda: _found(desk, request.query_params.get("q", "").strip())), 303
        )


def _asked(request: Request, who: Visitor) -> Asked:
    query = read_query(dict(request.query_params), who.user_id)
    return Asked(query, request.query_params.get("cursor") or None, write_query(query, who.user_id))


def _queue(desk: Desk, request: Request, who: Visitor, now: int) -> dict[str, Any]:
    asked = _asked(request, who)
    query = asked.query
    roster = desk.crew.roster()
    values = _rows(asked, desk.triage.page(query, asked.cursor, A_PAGE), roster.names, who, now)
    here = f"{asked.address}&cursor={quote(asked.cursor)}" if asked.cursor else asked.address
    return values | {
        "query": query,
        "address": here if asked.cursor else asked.address,
        "is_filtered": replace(query, queue="open", sort="rank") != CaseQuery(),
        "tabs": [_tab(desk, query, name, who) for name in QUEUES],
        "filters": _filters(roster.analysts, query, who),
        "views": desk.keeping.views(who),
        "deeds": [Choice(value, title) for value, title in DEEDS],
    }


def _rows(asked: Asked, page: Page[Case], names: Mapping[str, str], who: Visitor, now: int) -> dict[str, Any]:
    following = f"{asked.address}&cursor={quote(page.cursor)}" if page.cursor else ""
    return {
        "queue": asked.query.queue or "any",
        "rows": [row_of(case, names, who.user_id, now) for case in page.items],
        "following": following.lstrip("&"),
    }


def _tag(asked: Asked, page: Page[Case], now: int) -> str:
    """Changes with every case that is shown, and each minute with their ages."""
    said = repr((asked, page.cursor, [(case.case_id, case.version) for case in page.items], now // _MINUTE))
    return f'"{hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:32]}"'


def _tab(desk: Desk, query: CaseQuery, name: Any, who: Visitor) -> Tab:
    mine = replace(query, queue=name)
    count = desk.triage.count(mine, COUNTED)
    address = write_query(mine, who.user_id)
    return Tab(name, address, f"{COUNTED:,}+" if count > COUNTED else f"{count:,}")


def _filters(analysts: Iterable[Person], query: CaseQuery, who: Visitor) -> list[Filter]:
    people = [
        Choice(ME, "me"),
        Choice(NOBODY, "nobody"),
        *(Choice(one.user_id, one.name) for one in analysts if one.user_id != who.user_id),
    ]
    assignee = {who.user_id: ME, "": NOBODY, None: ""}.get(query.assignee, query.assignee or "")
    severities = (
        Choice("5", severity(5)),
        *(Choice(str(at), f"{severity(at)} or worse") for at in (4, 3, 2)),
    )
    return [
        _filter("kind", "Kind", query.kind),
        _filter("label", "Class", query.label),
        Filter("severity", "Severity", str(query.severity or ""), severities),
        _filter("status", "Status", query.status),
        _filter("verdict", "Verdict", query.verdict),
        Filter("assignee", "Assignee", assignee, tuple(people)),
        _order(query),
    ]


def _filter(name: str, title: str, value: str | None) -> Filter:
    return Filter(name, title, value or "", tuple(Choice(one, words(one)) for one in CHOICES[name]))


def _order(query: CaseQuery) -> Filter:
    first, *others = CHOICES["sort"]
    value = "" if query.sort == first else query.sort
    return Filter("sort", "Order", value, tuple(Choice(one, words(one)) for one in others), "urgency")


def _brief(desk: Desk, case_id: str) -> dict[str, Any]:
    case = desk.triage.case(case_id)
    reasons: list[str] = []
    if case.kind == "campaign":
        campaign = desk.papers.campaign(case.subject_id)
        sentence = campaign.sentence if campaign else _bare(case)
        against = campaign.against if campaign else ()
        reasons = [one.detail for one in campaign.indicators] if campaign else []
    else:
        account = desk.papers.account(case.subject_id)
        sentence, against = _bare(case), account.against if account else ()
        heavy = [one for one in account.features if one.weight > 0] if account else []
        reasons = [f"{words(one.feature)}: +{one.weight:.2f}" for one in heavy]
    return {
        "case": case,
        "sentence": sentence,
        "reasons": reasons[:_MOST_REASONS],
        "against": against,
        "verdicts": VERDICTS,
    }


def _bare(case: Case) -> str:
    """What the case itself says."""
    campaign = f", in campaign {case.campaign_id}" if case.campaign_id and case.kind == "account" else ""
    return (
        f"{case.kind.capitalize()} {case.subject_id} is held to be {case.label} with score {case.score:.3f}"
        f"{campaign}: {case.exchanges:,} answered exchanges, {case.leaked:,} of them before the alert."
    )


def _found(desk: Desk, text: str) -> str:
    """The page of what is called so; else the cases whose subject begins so."""
    for kind in ("campaign", "account"):
        found = desk.triage.of_subject(kind, text) if text else None
        if found is not None:
            return subject_address(kind, text)
    if text and desk.papers.campaign(text):
        return subject_address("campaign", text)
    if text and desk.papers.account(text):
        return subject_address("account", text)
    return f"/console/queue?queue=any&subject={quote(text.encode('utf-8', 'replace')[:400])}"
