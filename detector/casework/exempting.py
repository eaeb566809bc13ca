"""Exceptions: what is allowed or left alone for a while, in the queue and at the hook at once."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import insert, select, update

from detector.casework.coverage import affected, in_force
from detector.casework.errors import NotFound, Refused
from detector.casework.records import Exempt
from detector.casework.relisting import relist
from detector.casework.texts import REASON, checked
from detector.store.audit_chain import append, hold
from detector.store.audit_entry import Entry
from detector.store.casework_schema import exceptions
from detector.store.hook_controls import put_controls
from detector.store.hook_records import Control
from detector.store.part import SqlPart

if TYPE_CHECKING:
    from typing import Any

    from sqlalchemy import Row
    from sqlalchemy.engine import Connection

    from detector.casework.records import ExceptionKind, Scope
    from detector.store.hook_records import ControlKind

SUBJECT: Final = 1024
"""characters of a subject at most"""
_CONTROLS: Final[tuple[tuple[Scope, ControlKind], ...]] = (
    ("account", "allow"),
    ("campaign", "allow_campaign"),
    ("organisation", "allow_organisation"),
    ("detector", "allow_detector"),
)
"""By scope, the control that lets the hook's decisions end."""


class Exceptions(SqlPart):
    """Written with the hook's control and the queue's change in one transaction."""

    def add(
        self,
        kind: ExceptionKind,
        scope: Scope,
        subject: str,
        reason: str,
        owner: str,
        now: int,
        until: int | None = None,
    ) -> Exempt:
        """Except a subject from now on until `until` (ms), or for good; raises `Refused`."""
        named = _checked(kind, scope, subject, now, until)
        said = checked("reason", reason, REASON)
        with self._database.writing() as connection:
            number = hold(connection).number + 1
            made = Exempt(f"exc_a{number}", kind, scope, named, said, owner, now, until)
            connection.execute(insert(exceptions), [asdict(made) | {"counted": 1}])
            entry = Entry(now, owner, kind, "exception", made.exception_id, None, _body(made), said)
            append(connection, [entry])
            self._tell_hook(connection, made, owner, said, now)
            relist(connection, affected(scope, named), now)
        return made

    def end(self, exception_id: str, actor: str, why: str, now: int) -> Exempt:
        """Take an exception back; raises `NotFound`, or `Refused` if it is over."""
        said = checked("why", why, REASON, 0)
        with self._database.writing() as connection:
            hold(connection)
            before = _one(connection, exception_id)
            if before.ended is not None or (before.until is not None and before.until <= now):
                raise Refused(f"exception {exception_id} is over already")
            after = replace(before, ended=now)
            mine = exceptions.c.exception_id == exception_id
            connection.execute(update(exceptions).where(mine).values(ended=now, counted=0))
            entry = Entry(now, actor, "end", "exception", exception_id, _body(before), _body(after), said)
            append(connection, [entry])
            self._tell_hook(connection, after, actor, said, now)
            relist(connection, affected(after.scope, after.subject), now)
        return after

    def exceptions(self, now: int, scope: Scope | None = None, subject: str | None = None) -> list[Exempt]:
        """Those that count now, latest first."""
        query = select(exceptions).where(in_force(now))
        if scope is not None:
            query = query.where(exceptions.c.scope == scope)
        if subject is not None:
            query = query.where(exceptions.c.subject == subject)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(exceptions.c.created.desc(), exceptions.c.exception_id))
            return [_exempt(row) for row in rows]

    def exception(self, exception_id: str) -> Exempt:
        """One exception, whether it counts or not; raises `NotFound`."""
        with self._database.reading() as connection:
            return _one(connection, exception_id)

    def _tell_hook(self, connection: Connection, one: Exempt, actor: str, why: str, now: int) -> None:
        """The subject is exempt for as long as any of its exceptions lasts."""
        mine = (exceptions.c.scope == one.scope) & (exceptions.c.subject == one.subject)
        ends = connection.execute(select(exceptions.c.until).where(mine, in_force(now))).scalars().all()
        lasting = [end for end in ends if end is not None]
        until = max(lasting) if len(lasting) == len(ends) and lasting else None
        body = msgspec.json.encode({"until": until}) if ends else None
        control = Control(dict(_CONTROLS)[one.scope], one.subject, body)
        put_controls(self._database, connection, [control], actor, why, now)


def _checked(kind: str, scope: str, subject: str, now: int, until: int | None) -> str:
    """The subject; raises `Refused` for what cannot be excepted."""
    if kind not in {"allow", "snooze"} or scope not in dict(_CONTROLS):
        raise Refused(f"an exception is an allow or a snooze of {', '.join(dict(_CONTROLS))}")
    if until is None and kind == "snooze":
        raise Refused("a snooze has an end; give `until`, or allow for good")
    if until is not None and not now < until < 1 << 53:
        raise Refused("until is not in the future; give ms since the epoch")
    if not 0 < len(subject) <= SUBJECT or any("\ud800" <= character <= "\udfff" for character in subject):
        raise Refused(f"subject is empty, too long or no text; give an id of at most {SUBJECT} characters")
    if scope == "detector" and subject.partition("/")[0] not in {"account", "campaign"}:
        raise Refused("subject is no detector; give account/LABEL or campaign/LABEL")
    return subject


def _body(one: Exempt) -> bytes:
    return msgspec.json.encode(asdict(one), order="sorted")


def _one(connection: Connection, exception_id: str) -> Exempt:
    query = select(exceptions).where(exceptions.c.exception_id == exception_id)
    row = None if "\0" in exception_id else connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"exception {exception_id!r} is not known; see the list for those there are")
    return _exempt(row)


def _exempt(row: Row[Any]) -> Exempt:
    return Exempt(
        row.exception_id, row.kind, row.scope, row.subject, row.reason, row.owner, row.created, row.until,
        row.ended,
    )  # fmt: skip
