"""Adding to the audit, in the transaction of what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, insert, select

from detector.store.audit_entry import BEGINNING, Head, digest_of
from detector.store.casework_schema import audit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

    from detector.store.audit_entry import Said

_LOCK: Final = 0x5717_7A7E
"""the key of an advisory lock: any number that nobody else uses"""


def hold(connection: Connection) -> Head:
    """The end of the chain, which nobody else adds to until the transaction ends.

    Who writes rows before it appends calls this first: all then wait for each other in the same order.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    last = select(audit.c.number, audit.c.digest).order_by(audit.c.number.desc()).limit(1)
    row = connection.execute(last).one_or_none()
    return Head(0, BEGINNING) if row is None else Head(row.number, row.digest)


def append(connection: Connection, entries: Sequence[Said]) -> int:
    """Add entries to the end of the chain; the number of the first, from which the others count up."""
    head = hold(connection)
    first = head.number + 1
    rows: list[dict[str, Any]] = []
    previous = head.digest
    for number, said in enumerate(entries, first):
        digest = digest_of(number, said, previous)
        rows.append(_row(number, said) | {"previous": previous, "digest": digest})
        previous = digest
    if rows:
        connection.execute(insert(audit), rows)
    return first


def _row(number: int, said: Said) -> dict[str, Any]:
    return {
        "number": number,
        "time": said.time,
        "actor": said.actor,
        "action": said.action,
        "object_kind": said.object_kind,
        "object_id": said.object_id,
        "before": said.before,
        "after": said.after,
        "why": said.why,
    }
