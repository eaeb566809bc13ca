"""Changing cases in a transaction, with what the audit says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from detector.casework.changing import settled
from detector.casework.coverage import covering
from detector.casework.facts import difference, encode
from detector.casework.rows import DECIDED, store
from detector.store.audit_chain import append
from detector.store.audit_entry import Entry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.engine import Connection

    from detector.casework.records import Case


@dataclass(frozen=True, slots=True)
class Deed:
    """Who changes cases, how that is called, why, and when (ms of the wall clock)."""

    actor: str
    action: str
    why: str
    now: int

    def entry(self, before: Case, after: Case) -> Entry:
        """What the audit says of a case that was changed."""
        old, new = difference(before, after)
        return Entry(
            self.now, self.actor, self.action, "case", before.case_id, encode(old), encode(new), self.why
        )


def write(
    connection: Connection,
    before: Mapping[str, Case],
    after: Sequence[Case],
    deed: Deed,
    columns: Sequence[str] = DECIDED,
) -> tuple[list[Case], int]:
    """Write those that differ, each under its next version and in the audit; they, and their first entry."""
    new = settle(connection, before, after, deed.now)
    store(connection, before, new, columns)
    return new, append(connection, [deed.entry(before[case.case_id], case) for case in new])


def settle(connection: Connection, before: Mapping[str, Case], after: Sequence[Case], now: int) -> list[Case]:
    """Those that differ, with their queue and their next version."""
    changed = [case for case in after if case != before[case.case_id]]
    covered = covering(connection, changed, now)
    return [
        settled(
            before[case.case_id], case, covered.get(case.case_id), version=before[case.case_id].version + 1
        )
        for case in changed
    ]
