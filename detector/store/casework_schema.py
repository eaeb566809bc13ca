"""Tables of the triage: cases, what people said of them, exceptions, and the audit."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Double, ForeignKey, Index, Integer, LargeBinary, Table, Text

from detector.store.schema import Identifier, Number, Word, metadata

cases: Final = Table(
    "cases",
    metadata,
    Column("case_id", Word, primary_key=True),
    Column("kind", Word, nullable=False),
    Column("subject_id", Identifier, nullable=False),
    Column("campaign_id", Word),
    Column("label", Word, nullable=False),
    Column("score", Double, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("alert_status", Word, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("first_seen", BigInteger, nullable=False),
    Column("last_seen", BigInteger, nullable=False),
    Column("accounts", Integer, nullable=False),
    Column("exchanges", BigInteger, nullable=False),
    Column("leaked", BigInteger, nullable=False),
    Column("opened", BigInteger, nullable=False),
    Column("status", Word, nullable=False),
    Column("verdict", Word),
    Column("confidence", Double),
    Column("judged_by", Text),
    Column("judged", BigInteger),
    Column("assignee", Word, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("closed", BigInteger),
    Column("closed_label", Word),
    Column("closed_score", Double),
    Column("closed_severity", Integer),
    Column("merged_into", Word, index=True),
    Column("queue", Word, nullable=False),
    Column("rank", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False),
    Index("ix_cases_subject", "subject_id"),
    Index("ix_cases_queue_rank", "queue", "rank", "case_id"),
    Index("ix_cases_queue_label_rank", "queue", "label", "rank", "case_id"),
    Index("ix_cases_queue_status_rank", "queue", "status", "rank", "case_id"),
    Index("ix_cases_queue_verdict_rank", "queue", "verdict", "rank", "case_id"),
    Index("ix_cases_queue_assignee_rank", "queue", "assignee", "rank", "case_id"),
    Index("ix_cases_queue_campaign_rank", "queue", "campaign_id", "rank", "case_id"),
    Index("ix_cases_queue_due", "queue", "due", "case_id"),
    Index("ix_cases_queue_last_seen", "queue", "last_seen", "case_id"),
    Index("ix_cases_queue_subject", "queue", "subject_id", "case_id"),
)
"""One for each alert, under its id: what the alert says last, and what people made of it.

`queue` is `open`, `snoozed`, `allowed`, `merged` or `closed`: where the case is listed; `rank` orders a
queue, the most pressing highest. `assignee` is empty where it is nobody's. `closed_…`: as the alert was when
the case was closed.
"""

case_tags: Final = Table(
    "case_tags",
    metadata,
    Column("case_id", Word, ForeignKey(cases.c.case_id), primary_key=True),
    Column("tag", Word, primary_key=True),
    Column("queue", Word, nullable=False),
    Column("rank", BigInteger, nullable=False),
    Index("ix_case_tags_queue_rank", "tag", "queue", "rank", "case_id"),
)
"""Queue and rank are those of the case, so that the cases of a tag come in order."""

comments: Final = Table(
    "comments",
    metadata,
    Column("comment_id", Word, primary_key=True),
    Column("case_id", Word, ForeignKey(cases.c.case_id), nullable=False, index=True),
    Column("author", Text, nullable=False),
    Column("time", BigInteger, nullable=False),
    Column("text", Text, nullable=False),
)

exceptions: Final = Table(
    "exceptions",
    metadata,
    Column("exception_id", Word, primary_key=True),
    Column("kind", Word, nullable=False),
    Column("scope", Word, nullable=False),
    Column("subject", Identifier, nullable=False),
    Column("reason", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("until", BigInteger),
    Column("ended", BigInteger),
    Column("counted", Integer, nullable=False),
    Index(None, "scope", "subject"),
)
"""Allow-list entries (`allow`) and snoozes (`snooze`), by scope; `ended`: taken back before its time.

`counted` is 1 while cases are listed as under it, or may be, so that a change of that is seen once.
"""

saved_views: Final = Table(
    "saved_views",
    metadata,
    Column("owner", Word, primary_key=True),
    Column("name", Word, primary_key=True),
    Column("query", Text, nullable=False),
    Column("shared", Integer, nullable=False),
)

audit: Final = Table(
    "audit",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("time", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Word, nullable=False),
    Column("object_kind", Word, nullable=False),
    Column("object_id", Identifier, nullable=False),
    Column("before", LargeBinary),
    Column("after", LargeBinary),
    Column("why", Text, nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Index(None, "object_kind", "object_id"),
)
"""Who did what, when and why; added to and never changed. Each row's digest covers the one before."""

replies: Final = Table(
    "replies",
    metadata,
    Column("actor", Word, primary_key=True),
    Column("key", Word, primary_key=True),
    Column("request", LargeBinary, nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("time", BigInteger, nullable=False, index=True),
    Column("etag", Text),
)
"""Answers by idempotency key, so that a request that is sent again is not done again."""

bulk_changes: Final = Table(
    "bulk_changes",
    metadata,
    Column("job_id", Word, primary_key=True),
    Column("actor", Text, nullable=False),
    Column("change", LargeBinary, nullable=False),
    Column("why", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("entries", Text, nullable=False),
    Column("ended", BigInteger),
    Column("error", Text),
)
"""Changes of many cases, and how far they came."""

bulk_portions: Final = Table(
    "bulk_portions",
    metadata,
    Column("job_id", Word, ForeignKey(bulk_changes.c.job_id), primary_key=True),
    Column("first", Integer, primary_key=True, autoincrement=False),
    Column("cases", LargeBinary, nullable=False),
)
"""Cases that are still to be changed, by the place of the first among all of a change."""
