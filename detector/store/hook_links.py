"""The account of each API key and end user."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, tuple_

from detector.store.hook_controls import numbering
from detector.store.hook_records import Link, StoredLink
from detector.store.hook_schema import subjects
from detector.store.part import SqlPart, batches

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection


class SqlLinks(SqlPart):
    """Written by who sees events or knows the gateway's keys."""

    def link(self, links: Sequence[Link]) -> None:
        """As `HookStore.link`."""
        wanted = {(one.kind, one.subject): one for one in links}
        if not wanted:
            return
        with self._database.writing() as connection:
            version = numbering(connection, subjects.c.version)
            known = _known(connection, list(wanted))
            new = [one for one in wanted.values() if one not in known]
            rows = [asdict(one) | {"version": number} for number, one in enumerate(new, version + 1)]
            self._database.upsert(connection, subjects, rows)

    def links(self, after: int, limit: int) -> list[StoredLink]:
        """As `HookStore.links`."""
        query = select(subjects).where(subjects.c.version > after).order_by(subjects.c.version).limit(limit)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return [StoredLink(row.version, Link(row.kind, row.subject, row.account_id)) for row in rows]

    def keep_links(self, most: int) -> int:
        """As `HookStore.keep_links`."""
        oldest = select(subjects.c.version).order_by(subjects.c.version.desc()).offset(most).limit(1)
        with self._database.writing() as connection:
            last = connection.execute(oldest).scalar_one_or_none()
            if last is None:
                return 0
            return connection.execute(delete(subjects).where(subjects.c.version <= last)).rowcount


def _known(connection: Connection, keys: list[tuple[str, str]]) -> set[Link]:
    found: set[Link] = set()
    for batch in batches(keys):
        mine = tuple_(subjects.c.kind, subjects.c.subject).in_(batch)
        rows = connection.execute(select(subjects).where(mine))
        found.update(Link(row.kind, row.subject, row.account_id) for row in rows)
    return found
