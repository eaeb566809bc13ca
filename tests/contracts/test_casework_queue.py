from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert, text

from detector.casework.errors import Refused
from detector.casework.listing import CaseList
from detector.casework.ordering import order_of
from detector.casework.records import CaseQuery
from detector.casework.rows import COLUMNS
from detector.casework.severity import Stakes, rank_of, severity_of
from detector.casework.slices import slices
from detector.store.casework_schema import case_tags, cases

if TYPE_CHECKING:
    from sqlalchemy import Select

    from detector.casework.records import Case
    from detector.store.database import Database

MANY = 1_200
QUERIES = (
    CaseQuery(),
    CaseQuery(kind="account"),
    CaseQuery(label="relay"),
    CaseQuery(severity=4),
    CaseQuery(status="pending"),
    CaseQuery(queue="closed", verdict="false_positive"),
    CaseQuery(assignee="ann"),
    CaseQuery(assignee=""),
    CaseQuery(campaign_id="cmp_1"),
    CaseQuery(tag="vip"),
    CaseQuery(subject="acc-1"),
    CaseQuery(sort="due"),
    CaseQuery(sort="last_seen"),
    CaseQuery(queue=None),
)
"""The queue as it opens, and each filter and order by itself."""
MIXED = (
    CaseQuery(queue=None, severity=3, label="distillation"),
    CaseQuery(kind="campaign", severity=4, status="new", assignee=""),
    CaseQuery(tag="vip", sort="due"),
    CaseQuery(queue=None, tag="vip", severity=2),
    CaseQuery(queue=None, subject="acc-2", kind="account", severity=2),
    CaseQuery(kind="account", severity=2, sort="last_seen"),
)


def invented(number: int, chance: random.Random) -> dict[str, Any]:
    """A row of a case."""
    kind, label = chance.choice(["account", "campaign"]), chance.choice(["distillation", "relay"])
    at = Stakes(kind, label, chance.random(), "open", chance.randrange(40), chance.randrange(9_000))
    queue = chance.choice(["open", "open", "open", "closed", "snoozed"])
    closed = queue == "closed"
    known = {
        "case_id": f"alr_{number}", "kind": kind, "label": label,
        "subject_id": f"acc-{chance.randrange(1_000)}", "campaign_id": f"cmp_{chance.randrange(60)}",
        "score": at.score, "severity": severity_of(at),
        "alert_status": "open", "revision": 1, "first_seen": 1, "last_seen": chance.randrange(500),
        "accounts": at.accounts, "exchanges": 9, "leaked": at.leaked, "opened": 1,
        "status": "closed" if closed else chance.choice(["new", "pending"]),
        "verdict": chance.choice(["false_positive", "duplicate"]) if closed else None,
        "assignee": chance.choice(["", "ann", "bob"]), "due": chance.randrange(500), "queue": queue,
        "rank": rank_of(at, severity_of(at)), "version": 1,
    }  # fmt: skip
    return dict.fromkeys(COLUMNS) | known


@pytest.fixture
def database(database: Database) -> Database:
    """A database of each kind with many cases, every other one tagged."""
    chance = random.Random(7)  # noqa: S311 - cases are invented
    rows = [invented(number, chance) for number in range(MANY)]
    tags = [
        {"case_id": row["case_id"], "tag": "vip", "queue": row["queue"], "rank": row["rank"]}
        for row in rows[::2]
    ]
    with database.writing() as connection:
        connection.execute(insert(cases), rows)
        connection.execute(insert(case_tags), tags)
        if connection.dialect.name == "postgresql":
            connection.execute(text("ANALYZE cases, case_tags"))
    return database


def wanted(query: CaseQuery, case: Case) -> bool:
    """Whether a query means a case, said the plain way."""
    exact = ("queue", "kind", "label", "status", "verdict", "campaign_id")
    return (
        all(getattr(query, name) in {None, getattr(case, name)} for name in exact)
        and case.severity >= (query.severity or 0)
        and (query.assignee is None or query.assignee == (case.assignee or ""))
        and (query.tag is None or query.tag in case.tags)
        and case.subject_id.startswith(query.subject or "")
    )


def in_order(query: CaseQuery, found: list[Case]) -> list[Case]:
    """As the list should have them."""
    if query.subject is not None:
        return sorted(found, key=lambda one: (one.subject_id, one.case_id))
    if query.sort == "due":
        return sorted(found, key=lambda one: (one.due, one.case_id))
    last = query.sort == "last_seen"
    return sorted(found, key=lambda one: (one.last_seen if last else one.rank, one.case_id), reverse=True)


def walked(listing: CaseList, query: CaseQuery, limit: int) -> list[Case]:
    """All pages, one after the other."""
    found: list[Case] = []
    cursor = None
    while True:
        page = listing.page(query, cursor, limit)
        assert len(page.items) <= limit
        found += page.items
        if (cursor := page.cursor) is None:
            return found


def test_pages_hold_every_case_once_and_in_order(database: Database) -> None:
    """Whatever is asked for, as if one had looked at each case; and counts agree, up to their bound."""
    listing = CaseList(database)
    everything = walked(listing, CaseQuery(queue=None), 500)
    assert len(everything) == MANY
    for query in (*QUERIES, *MIXED):
        meant = in_order(query, [case for case in everything if wanted(query, case)])
        assert meant
        assert walked(listing, query, max(7, len(meant) // 3)) == meant
        assert listing.count(query) == len(meant)
        assert listing.count(query, 5) == min(6, len(meant))


def plan(database: Database, query: Select[Any]) -> str:
    """How the database reads a page."""
    with database.reading() as connection:
        if connection.dialect.name == "postgresql":
            # As with many more cases, of which it would never read all.
            for way in ("seqscan", "bitmapscan", "sort"):
                connection.execute(text(f"SET LOCAL enable_{way} = off"))
        compiled = query.compile(connection, compile_kwargs={"literal_binds": True})
        said = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
        return "\n".join(
            str(row) for row in connection.exec_driver_sql(f"{said} {compiled}".replace("%", "%%"))
        )


def test_every_page_is_read_from_an_index_in_order(database: Database) -> None:
    """So that a page takes as long whether there are a hundred cases or a hundred thousand."""
    for query in QUERIES:
        order = order_of(query)
        cursor = CaseList(database).page(query, None, 5).cursor
        assert cursor is not None
        for one in slices(query, order, order.key, order.last_id):
            for after in (None, cursor):
                steps = plan(database, order.ordered(one, after, 51))
                assert "ix_case" in steps, query
                for costly in ("Sort", "TEMP B-TREE", "SCAN cases", "Seq Scan"):
                    assert costly not in steps, query


def test_a_query_that_nobody_can_ask_is_refused(database: Database) -> None:
    """Rather than failing at the database."""
    for query in (CaseQuery(tag="a\0"), CaseQuery(subject="\ud800")):
        with pytest.raises(Refused, match="query has a character"):
            CaseList(database).page(query)
