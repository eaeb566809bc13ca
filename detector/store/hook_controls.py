"""Controls under versions without gaps, each change with its author, and in the audit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from sqlalchemy import func, select, tuple_, update

from detector.store.audit_chain import append, hold
from detector.store.audit_entry import Entry
from detector.store.casework_schema import exceptions
from detector.store.database import insert_all
from detector.store.hook_records import AuditEntry, Control, StoredControl
from detector.store.hook_schema import control_history, controls
from detector.store.part import SqlPart

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Column
    from sqlalchemy.engine import Connection

    from detector.store.database import Database
    from detector.store.hook_records import ControlKind

_LOCK: Final = 0x5717_7A7D
"""the key of an advisory lock: any number that nobody else uses"""
_SCOPES: Final = (
    ("allow", "account"),
    ("allow_campaign", "campaign"),
    ("allow_organisation", "organisation"),
    ("allow_detector", "detector"),
)


class _Until(msgspec.Struct, frozen=True):
    until: int | None = None


class SqlControls(SqlPart):
    """Written by people, seldom."""

    def control(self, wanted: Sequence[Control], author: str, why: str, now: int) -> int:
        """As `HookStore.control`."""
        with self._database.writing() as connection:
            version = put_controls(self._database, connection, wanted, author, why, now)
            _except(connection, wanted, {"owner": author, "reason": why, "created": now}, version)
        return version

    def controls(self, after: int, limit: int, kind: ControlKind | None = None) -> list[StoredControl]:
        """As `HookStore.controls`."""
        query = select(controls).where(controls.c.version > after).order_by(controls.c.version).limit(limit)
        if kind is not None:
            query = query.where(controls.c.kind == kind)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return [StoredControl(row.version, Control(row.kind, row.subject, row.body)) for row in rows]

    def control_history(self, after: int, limit: int) -> list[AuditEntry]:
        """As `HookStore.control_history`."""
        key = control_history.c.version
        query = select(control_history).where(key > after).order_by(key).limit(limit)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return [
            AuditEntry(
                row.version,
                Control(row.kind, row.subject, row.body),
                row.before,
                row.author,
                row.why,
                row.recorded,
            )
            for row in rows
        ]


def put_controls(
    database: Database, connection: Connection, wanted: Sequence[Control], author: str, why: str, now: int
) -> int:
    """As `HookStore.control`, in a transaction that does more; exceptions are left as they are."""
    said = {"author": author, "why": why, "recorded": now}
    latest = {(one.kind, one.subject): one for one in wanted}
    # Before the numbers: all who write then wait for each other in the same order.
    hold(connection)
    version = numbering(connection, control_history.c.version)
    before = _bodies(connection, list(latest))
    rows: list[dict[str, Any]] = [
        {"kind": one.kind, "subject": one.subject, "version": version + number, "body": one.body}
        for number, one in enumerate(latest.values(), 1)
    ]
    kept = [row | said | {"before": before.get((row["kind"], row["subject"]))} for row in rows]
    insert_all(connection, control_history, kept)
    database.upsert(connection, controls, rows)
    append(connection, [_told(row) for row in kept])
    return version + len(rows)


def numbering(connection: Connection, version: Column[Any]) -> int:
    """The latest version of a table, which nobody else adds to until the transaction ends."""
    if connection.dialect.name == "postgresql":
        # Numbers of a sequence would be committed out of order, and readers miss the lower ones.
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    latest: int | None = connection.execute(select(func.max(version))).scalar_one()
    return latest or 0


def _bodies(connection: Connection, keys: list[tuple[str, str]]) -> dict[tuple[str, str], bytes | None]:
    mine = tuple_(controls.c.kind, controls.c.subject).in_(keys)
    rows = connection.execute(select(controls).where(mine))
    return {(row.kind, row.subject): row.body for row in rows}


def _told(row: Mapping[str, Any]) -> Entry:
    action = "take_back" if row["body"] is None else "set"
    before, after = (_public(row["kind"], row[name]) for name in ("before", "body"))
    kind, subject = f"control_{row['kind']}", row["subject"]
    return Entry(row["recorded"], row["author"], action, kind, subject, before, after, row["why"])


def _public(kind: str, body: bytes | None) -> bytes | None:
    """Without the digest of a key: the audit is exported."""
    if kind != "key" or body is None:
        return body
    facts = msgspec.json.decode(body)
    return msgspec.json.encode({name: value for name, value in facts.items() if name != "digest"})


def _except(connection: Connection, wanted: Sequence[Control], said: dict[str, Any], version: int) -> None:
    """Keep the list of exceptions as the allow-lists are, so that there is one truth about them."""
    scopes, now = dict(_SCOPES), said["created"]
    latest = {(one.kind, one.subject): one for one in wanted if one.kind in scopes}
    for number, one in enumerate(latest.values()):
        scope = scopes[one.kind]
        mine = (exceptions.c.scope == scope) & (exceptions.c.subject == one.subject)
        lasting = exceptions.c.until.is_(None) | (exceptions.c.until > now)
        stands = mine & lasting & exceptions.c.ended.is_(None)
        # Counted, though nobody may have looked: whoever changed a case meanwhile listed it as under it.
        connection.execute(update(exceptions).where(stands).values(ended=now, counted=1))
        if one.body is not None:
            until = msgspec.json.decode(one.body, type=_Until).until
            name = {"exception_id": f"exc_{version}_{number}", "scope": scope, "subject": one.subject}
            insert_all(
                connection, exceptions, [said | name | {"kind": "allow", "until": until, "counted": 0}]
            )
