"""Pages of campaigns, accounts, and what accounts share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fastapi import Request  # noqa: TC002 - FastAPI reads annotations at run time
from fastapi.responses import Response  # noqa: TC002 - as above

from detector.campaigns.kinds import kind_name
from detector.console.desk.errors import Missing
from detector.console.pages.frame import form_of
from detector.console.pages.panel import panel
from detector.console.views.campaign import campaign_view
from detector.console.views.growth import exchange_plot, score_plot
from detector.console.views.weights import WIDE, weights
from detector.console.web.routes import Routes, visitor
from detector.console.web.running import run
from detector.hook.decision import Facts

if TYPE_CHECKING:
    from detector.console.desk.desk import Desk
    from detector.console.pages.frame import Frame
    from detector.console.parts import ConsoleParts
    from detector.people.guard import Visitor

SHOWN: Final = 500
"""accounts of an object that are listed"""
_SECTION: Final = "/console/queue"


def add(routes: Routes, parts: ConsoleParts, frame: Frame) -> None:
    """Mount the pages; an id may hold anything, so it is the rest of the path."""
    desk, now = parts.desk, parts.people.clock.now

    @routes.on("GET", "/campaigns/{subject_id:rest}", "look")
    @frame.told
    async def campaign(request: Request) -> Response:
        who, subject_id = visitor(request), request.path_params["subject_id"]
        page = _number(request.query_params.get("members", ""))
        values = await run(lambda: _campaign(desk, subject_id, who, now(), page))
        return frame.page(request, "campaign", _SECTION, **values)

    @routes.on("GET", "/accounts/{subject_id:rest}", "look")
    @frame.told
    async def account(request: Request) -> Response:
        who, subject_id = visitor(request), request.path_params["subject_id"]
        values = await run(lambda: _account(desk, subject_id, who, now()))
        # As a gateway is answered, by what this process holds in memory.
        decision = parts.decider.decide(Facts(account_id=subject_id))
        return frame.page(request, "account", _SECTION, decision=decision, **values)

    @routes.on("GET", "/objects/{object_id:rest}", "look")
    @frame.told
    async def shared(request: Request) -> Response:
        object_id = request.path_params["object_id"]
        found = await run(lambda: desk.papers.sharing(object_id, SHOWN))
        kind = kind_name(object_id.partition(":")[0])
        values = {"object_id": object_id, "kind": kind, "accounts": found, "most": SHOWN}
        return frame.page(request, "object", _SECTION, **values)

    @routes.on("POST", "/reveal", "reveal")
    @frame.told
    async def reveal(request: Request) -> Response:
        who, form = visitor(request), await form_of(request)
        account_id, event_id = form.get("account_id", ""), form.get("event_id", "")
        text = await run(lambda: desk.papers.reveal(who, account_id, event_id, form.get("why", "")))
        return frame.page(request, "reveal", _SECTION, account_id=account_id, event_id=event_id, text=text)


def _campaign(desk: Desk, subject_id: str, who: Visitor, now: int, page: int) -> dict[str, Any]:
    dossier, case = desk.papers.campaign(subject_id), desk.triage.of_subject("campaign", subject_id)
    if dossier is None and case is None:
        raise Missing("no campaign of this id is known; merged ones go on under another")
    beside = panel(desk, case, who, now) if case else {"case": None}
    history = desk.papers.history("campaign", subject_id)
    return {"subject_id": subject_id, **campaign_view(dossier, history, page), **beside}


def _account(desk: Desk, subject_id: str, who: Visitor, now: int) -> dict[str, Any]:
    dossier, case = desk.papers.account(subject_id), desk.triage.of_subject("account", subject_id)
    verdict = desk.papers.verdict(subject_id)
    if dossier is None and case is None and verdict is None:
        raise Missing("no alert, dossier or verdict of an account of this id is known")
    history = desk.papers.history("account", subject_id)
    raised = dossier.first_alert if dossier else 0
    beside = panel(desk, case, who, now) if case else {"case": None}
    return {
        "subject_id": subject_id,
        "dossier": dossier,
        "verdict": verdict,
        "organisation": desk.papers.organisation(subject_id),
        "weights": weights(dossier.features) if dossier else [],
        "wide": WIDE,
        "score": score_plot(history, raised) if history else None,
        "exchanges": exchange_plot(history, raised) if history else None,
        "samples": desk.papers.samples(subject_id),
        "kind_name": kind_name,
        "exceptions": desk.keeping.exceptions("account", subject_id),
        **beside,
    }


def _number(text: str) -> int:
    """Of a page, from 0."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0  # noqa: PLR2004 - digits
