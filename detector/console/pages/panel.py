"""The case beside its subject: what people made of it, and all that may be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from detector.casework.statuses import MOVES
from detector.console.desk.keeping import may_except
from detector.console.views.changes import changes
from detector.console.views.rows import Row, name_of, row_of
from detector.exports.formats import FORMATS
from detector.people.roles import may

if TYPE_CHECKING:
    from detector.casework.records import Case, Comment, Exempt, Scope
    from detector.console.desk.desk import Desk
    from detector.people.guard import Visitor


@dataclass(frozen=True, slots=True)
class Judged:
    """The row, and who gave the verdict."""

    row: Row
    judge: str


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a form."""

    value: str
    title: str


def panel(desk: Desk, case: Case, who: Visitor, now: int, *, is_fresh: bool = False) -> dict[str, Any]:
    """What `parts/case.jinja` shows; `is_fresh`: the visitor has it by having opened it just now."""
    roster = desk.crew.roster()
    names = roster.names
    scopes = _scopes(desk, case)
    new = case.assignee is None and case.status == "new" and case.queue == "open"
    return {
        "case": case,
        "row": Judged(row_of(case, names, who.user_id, now), name_of(case.judged_by, names)),
        "moves": [one for one in MOVES[case.status] if one != "closed"],
        "people": roster.analysts,
        "scopes": [_choice(scope, subject) for scope, subject in scopes if may_except(who, scope)],
        "exceptions": [_named(one, names) for one in _exceptions(desk, scopes)],
        "formats": tuple(FORMATS),
        "related": [one.case for one in desk.triage.related(case.case_id)],
        "comments": [_signed(one, names) for one in desk.triage.comments(case.case_id)],
        "changes": changes(desk.trail.of("case", case.case_id), names),
        "opens": new and may(who.role, "triage"),
        "is_fresh": is_fresh,
    }


def _scopes(desk: Desk, case: Case) -> list[tuple[Scope, str]]:
    """What of this case can be excepted, the narrowest first."""
    found: list[tuple[Scope, str]] = []
    if case.kind == "account":
        found.append(("account", case.subject_id))
    if case.campaign_id:
        found.append(("campaign", case.campaign_id))
    home = desk.papers.organisation(case.subject_id) if case.kind == "account" else None
    if home:
        found.append(("organisation", home))
    found.append(("detector", f"{case.kind}/{case.label}"))
    return found


def _choice(scope: Scope, subject: str) -> Choice:
    title = f"all alerts of {subject}" if scope == "detector" else f"{scope} {subject}"
    return Choice(f"{scope}:{subject}", title)


def _exceptions(desk: Desk, scopes: list[tuple[Scope, str]]) -> list[Exempt]:
    return [one for scope, subject in scopes for one in desk.keeping.exceptions(scope, subject)]


def _named(one: Exempt, names: dict[str, str]) -> dict[str, Any]:
    shown = ("exception_id", "kind", "scope", "subject", "reason", "until")
    return {name: getattr(one, name) for name in shown} | {"owner": name_of(one.owner, names)}


def _signed(one: Comment, names: dict[str, str]) -> dict[str, Any]:
    return {"author": name_of(one.author, names), "time": one.time, "text": one.text}
