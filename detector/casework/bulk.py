"""Changing all cases of a query, a portion at a time, so that others can write in between.

Which cases are meant is settled at the beginning, and stored in portions. A portion is changed in one
transaction with the mark that it is done: a process may die at any time, and another goes on.
"""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING, Any, Final

import msgspec
from sqlalchemy import delete, insert, select, update

from detector.casework.applying import PORTION, apply
from detector.casework.changing import checked_change, may_follow
from detector.casework.errors import NotFound, Refused
from detector.casework.listing import check_query
from detector.casework.merging import check_target
from detector.casework.ordering import order_of
from detector.casework.ranges import extended
from detector.casework.records import BulkChange, Change
from detector.casework.rows import load
from detector.casework.slices import slices
from detector.casework.texts import REASON, checked
from detector.casework.work import Deed
from detector.store.audit_chain import append, hold
from detector.store.audit_entry import Entry
from detector.store.casework_schema import bulk_changes, bulk_portions
from detector.store.database import insert_all
from detector.store.part import SqlPart, batches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.engine import Connection

    from detector.casework.records import CaseQuery

MOST_AT_ONCE: Final = 100_000
"""cases that one change may reach"""
KEPT: Final = 30 * 86_400_000
"""ms for which it is known what became of a change"""
_COLUMNS: Final = [bulk_changes.c[one.name] for one in fields(BulkChange)]


class BulkChanges(SqlPart):
    """Any process may go on with any change."""

    def begin(
        self, query: CaseQuery, change: Change, actor: str, why: str, now: int, most: int = MOST_AT_ONCE
    ) -> BulkChange:
        """Settle which cases are meant, and change none yet. `now` in ms.

        Raises `Refused` if there are more than `most`, and `NotFound` if they cannot be merged into a case.
        """
        check_query(query)
        wanted = checked_change(change)
        reason = checked("why", why, REASON, 0)
        with self._database.reading() as connection:
            if wanted.merge_into:
                check_target(connection, wanted.merge_into, ())
            ids = [one for one in _ids(connection, query, most) if one != wanted.merge_into]
        with self._database.writing() as connection:
            hold(connection)
            said = msgspec.json.encode({"cases": len(ids)})
            number = append(connection, [Entry(now, actor, "bulk", "query", "", None, said, reason)])
            made = BulkChange(f"blk_{number}", actor, reason, now, len(ids), ended=None if ids else now)
            connection.execute(delete(bulk_changes).where(bulk_changes.c.ended < now - KEPT))
            connection.execute(insert(bulk_changes), asdict(made) | {"change": msgspec.json.encode(wanted)})
            insert_all(connection, bulk_portions, list(_portions(made.job_id, ids)))
        return made

    def find(self, job_id: str) -> BulkChange:
        """How far a change came. Raises `NotFound`."""
        with self._database.reading() as connection:
            return _found(connection, job_id)

    def unfinished(self) -> str | None:
        """The oldest change that is not done."""
        query = select(bulk_changes.c.job_id).where(bulk_changes.c.ended.is_(None))
        first = query.order_by(bulk_changes.c.created, bulk_changes.c.job_id).limit(1)
        with self._database.reading() as connection:
            found: str | None = connection.execute(first).scalar_one_or_none()
        return found

    def step(self, job_id: str, now: int) -> BulkChange:
        """Change the next portion. What refuses a portion ends the change, which then says why.

        Cases whose status may not be followed by the new one stay as they are. Raises `NotFound`.
        """
        try:
            with self._database.writing() as connection:
                hold(connection)
                return _step(connection, job_id, now)
        except (NotFound, Refused) as error:
            with self._database.writing() as connection:
                connection.execute(delete(bulk_portions).where(bulk_portions.c.job_id == job_id))
                return _keep(connection, replace(_found(connection, job_id), ended=now, error=str(error)))


def _ids(connection: Connection, query: CaseQuery, most: int) -> list[str]:
    ids: list[str] = []
    order = order_of(query)
    for one in slices(query, order, order.last_id):
        ids += connection.execute(one.limit(most + 1 - len(ids))).scalars()
        if len(ids) > most:
            raise Refused(f"more than {most:,} cases are meant; narrow the query down")
    return ids


def _portions(job_id: str, ids: Sequence[str]) -> Iterator[dict[str, Any]]:
    for number, some in enumerate(batches(ids, PORTION)):
        yield {"job_id": job_id, "first": number * PORTION, "cases": msgspec.json.encode(some)}


def _found(connection: Connection, job_id: str) -> BulkChange:
    row = connection.execute(select(*_COLUMNS).where(bulk_changes.c.job_id == job_id)).one_or_none()
    if row is None:
        raise NotFound("there is no such change of many; it may be long done")
    return BulkChange(*row)


def _keep(connection: Connection, made: BulkChange) -> BulkChange:
    connection.execute(update(bulk_changes).where(bulk_changes.c.job_id == made.job_id).values(asdict(made)))
    return made


def _step(connection: Connection, job_id: str, now: int) -> BulkChange:
    made = _found(connection, job_id)
    if made.ended is not None:
        return made
    portion = (bulk_portions.c.job_id == job_id) & (bulk_portions.c.first == made.done)
    ids = connection.execute(select(bulk_portions.c.cases).where(portion)).scalar_one()
    wanted = select(bulk_changes.c.change).where(bulk_changes.c.job_id == job_id)
    change = msgspec.json.decode(connection.execute(wanted).scalar_one(), type=Change)
    before = load(connection, msgspec.json.decode(ids, type=list[str]))
    fit = {name: case for name, case in before.items() if may_follow(case, change.status)}
    new, entry = apply(connection, fit, change, Deed(made.actor, "bulk", made.why, now))
    connection.execute(delete(bulk_portions).where(portion))
    done = min(made.done + PORTION, made.total)
    return _keep(
        connection,
        replace(
            made,
            done=done,
            changed=made.changed + len(new),
            refused=made.refused + len(before) - len(fit),
            entries=extended(made.entries, entry, entry + len(new) - 1) if new else made.entries,
            ended=now if done == made.total else None,
        ),
    )
