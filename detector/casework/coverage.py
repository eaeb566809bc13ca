"""Which cases an exception covers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, select, tuple_

from detector.casework.statuses import QUEUES
from detector.store.casework_schema import cases, exceptions
from detector.store.dossier_schema import organisations
from detector.store.part import batches

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.engine import Connection

    from detector.casework.records import Case, Scope
    from detector.casework.statuses import Queue

_LISTED: Final[tuple[Queue, ...]] = ("open", "snoozed", "allowed")
"""queues between which exceptions move cases"""
_Key = tuple[str, str]


def in_force(now: int) -> ColumnElement[bool]:
    """Exceptions that count at a time (ms of the wall clock)."""
    lasting = exceptions.c.until.is_(None) | (exceptions.c.until > now)
    return and_(exceptions.c.ended.is_(None), lasting)


def covering(connection: Connection, found: Iterable[Case], now: int) -> dict[str, Queue]:
    """By case the queue of the exceptions that it is under; an allow-list counts more than a snooze."""
    listed = list(found)
    homes = _organisations(connection, [one.subject_id for one in listed if one.kind == "account"])
    keys = {one.case_id: _keys(one, homes) for one in listed}
    queues = _queues(connection, {key for mine in keys.values() for key in mine}, now)
    covered: dict[str, Queue] = {}
    for case_id, mine in keys.items():
        over = {queues[key] for key in mine if key in queues}
        if over:
            covered[case_id] = "allowed" if "allowed" in over else "snoozed"
    return covered


def affected(scope: Scope, subject: str) -> ColumnElement[bool]:
    """Cases that an exception may move."""
    account = cases.c.kind == "account"
    if scope == "account":
        return and_(cases.c.queue.in_(_LISTED), account, cases.c.subject_id == subject)
    if scope == "campaign":
        return and_(cases.c.queue.in_(_LISTED), cases.c.campaign_id == subject)
    if scope == "organisation":
        members = select(organisations.c.account_id).where(organisations.c.org_id == subject)
        return and_(cases.c.queue.in_(_LISTED), account, cases.c.subject_id.in_(members))
    kind, _, label = subject.partition("/")
    return and_(cases.c.queue.in_(_LISTED), cases.c.kind == kind, cases.c.label == label)


def astray(now: int) -> ColumnElement[bool]:
    """Open cases of accounts of an excepted organisation: it was told only after the case was made."""
    excepted = select(exceptions.c.subject).where(in_force(now), exceptions.c.scope == "organisation")
    members = select(organisations.c.account_id).where(organisations.c.org_id.in_(excepted))
    return and_(cases.c.queue == "open", cases.c.kind == "account", cases.c.subject_id.in_(members))


def of_campaign(campaign_id: str) -> ColumnElement[bool]:
    """Cases of a campaign and its members, wherever they are listed."""
    return and_(cases.c.queue.in_(QUEUES), cases.c.campaign_id == campaign_id)


def _keys(case: Case, homes: Mapping[str, str]) -> list[_Key]:
    """What exceptions may say to cover the case."""
    keys = [("detector", f"{case.kind}/{case.label}")]
    if case.campaign_id is not None:
        keys.append(("campaign", case.campaign_id))
    if case.kind == "account":
        keys.append(("account", case.subject_id))
        if case.subject_id in homes:
            keys.append(("organisation", homes[case.subject_id]))
    return keys


def _queues(connection: Connection, keys: set[_Key], now: int) -> dict[_Key, Queue]:
    queues: dict[_Key, Queue] = {}
    columns = (exceptions.c.scope, exceptions.c.subject)
    for batch in batches(sorted(keys)):
        query = select(*columns, exceptions.c.kind).where(tuple_(*columns).in_(batch), in_force(now))
        for scope, subject, kind in connection.execute(query):
            if queues.get((scope, subject)) != "allowed":
                queues[scope, subject] = "allowed" if kind == "allow" else "snoozed"
    return queues


def _organisations(connection: Connection, accounts: Sequence[str]) -> dict[str, str]:
    homes: dict[str, str] = {}
    for batch in batches(accounts):
        query: Any = select(organisations.c.account_id, organisations.c.org_id)
        rows = connection.execute(query.where(organisations.c.account_id.in_(batch)))
        homes.update((account, organisation) for account, organisation in rows)
    return homes
