"""Samples of requests, and the organisations of accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import func, select

from detector.store.dossier_schema import organisations, samples
from detector.store.hook_controls import numbering
from detector.store.kept_records import Home
from detector.store.part import SqlPart, batches

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.engine import Connection

    from detector.store.kept_records import SampleRecord


class SqlKept(SqlPart):
    """As `KeptStore`."""

    def sample_counts(self, accounts: Iterable[str]) -> dict[str, int]:
        """As `KeptStore.sample_counts`."""
        counts: dict[str, int] = {}
        query = select(samples.c.account_id, func.count()).group_by(samples.c.account_id)
        with self._database.reading() as connection:
            for some in batches(accounts):
                rows = connection.execute(query.where(samples.c.account_id.in_(some)))
                counts.update((account, number) for account, number in rows)
        return counts

    def keep_samples(self, found: Sequence[SampleRecord], now: int) -> None:
        """As `KeptStore.keep_samples`."""
        with self._database.writing() as connection:
            self._database.upsert(connection, samples, [_row(one, now) for one in found])

    def keep_organisations(self, found: Mapping[str, str]) -> None:
        """As `KeptStore.keep_organisations`."""
        with self._database.writing() as connection:
            version = numbering(connection, organisations.c.version)
            known = _known(connection, found)
            new = [one for one in found.items() if known.get(one[0]) != one[1]]
            rows = [
                {"account_id": account, "org_id": org, "version": number}
                for number, (account, org) in enumerate(new, version + 1)
            ]
            self._database.upsert(connection, organisations, rows)

    def homes(self, after: int, limit: int) -> list[Home]:
        """As `KeptStore.homes`."""
        key = organisations.c.version
        query = select(organisations).where(key > after).order_by(key).limit(limit)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return [Home(row.version, row.account_id, row.org_id) for row in rows]


def _row(one: SampleRecord, now: int) -> dict[str, object]:
    return {
        "account_id": one.account_id,
        "event_id": one.event_id,
        "time": one.time,
        "facts": msgspec.json.encode(one.facts),
        "content": one.content,
        "recorded": now,
    }


def _known(connection: Connection, accounts: Iterable[str]) -> dict[str, str]:
    known: dict[str, str] = {}
    for some in batches(accounts):
        rows = connection.execute(select(organisations).where(organisations.c.account_id.in_(some)))
        known.update((row.account_id, row.org_id) for row in rows)
    return known
