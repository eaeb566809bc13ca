"""The triage: dossiers, cases, people and exports."""

from __future__ import annotations

from typing import Final

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

revision: Final = "0003"
down_revision: Final = "0002"

NAMES: Final = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ix": "ix_%(table_name)s_%(column_0_name)s",
}

Word: Final = Text().with_variant(Text(collation="C"), "postgresql")
Number: Final = BigInteger().with_variant(Integer, "sqlite")

metadata: Final = MetaData(naming_convention=NAMES)

dossiers: Final = Table(
    "dossiers",
    metadata,
    Column("kind", Word, primary_key=True),
    Column("subject_id", Word, primary_key=True),
    Column("time", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index(None, "time"),
)

shared_objects: Final = Table(
    "shared_objects",
    metadata,
    Column("object_id", Word, primary_key=True),
    Column("account_id", Word, primary_key=True, index=True),
    Column("requests", BigInteger, nullable=False),
)

measurements: Final = Table(
    "measurements",
    metadata,
    Column("kind", Word, primary_key=True),
    Column("subject_id", Word, primary_key=True),
    Column("time", BigInteger, primary_key=True, autoincrement=False),
    Column("score", Double, nullable=False),
    Column("exchanges", BigInteger, nullable=False),
    Column("leaked", BigInteger, nullable=False),
    Column("accounts", Integer, nullable=False),
    Column("coverage", Double),
    Column("recorded", BigInteger, nullable=False),
    Index(None, "recorded"),
)

series: Final = Table(
    "series",
    metadata,
    Column("name", Word, primary_key=True),
    Column("time", BigInteger, primary_key=True, autoincrement=False),
    Column("value", Double, nullable=False),
)

samples: Final = Table(
    "samples",
    metadata,
    Column("account_id", Word, primary_key=True),
    Column("event_id", Word, primary_key=True),
    Column("time", BigInteger, nullable=False),
    Column("facts", LargeBinary, nullable=False),
    Column("content", LargeBinary),
    Column("recorded", BigInteger, nullable=False),
    Index(None, "recorded"),
)

organisations: Final = Table(
    "organisations",
    metadata,
    Column("account_id", Word, primary_key=True),
    Column("org_id", Word, nullable=False, index=True),
    Column("version", BigInteger, nullable=False, unique=True),
)

cases: Final = Table(
    "cases",
    metadata,
    Column("case_id", Word, primary_key=True),
    Column("kind", Word, nullable=False),
    Column("subject_id", Word, nullable=False),
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

case_tags: Final = Table(
    "case_tags",
    metadata,
    Column("case_id", Word, ForeignKey(cases.c.case_id), primary_key=True),
    Column("tag", Word, primary_key=True),
    Column("queue", Word, nullable=False),
    Column("rank", BigInteger, nullable=False),
    Index("ix_case_tags_queue_rank", "tag", "queue", "rank", "case_id"),
)

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
    Column("subject", Word, nullable=False),
    Column("reason", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("until", BigInteger),
    Column("ended", BigInteger),
    Column("counted", Integer, nullable=False),
    Index(None, "scope", "subject"),
)

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
    Column("object_id", Word, nullable=False),
    Column("before", LargeBinary),
    Column("after", LargeBinary),
    Column("why", Text, nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Index(None, "object_kind", "object_id"),
)

replies: Final = Table(
    "replies",
    metadata,
    Column("actor", Word, primary_key=True),
    Column("key", Word, primary_key=True),
    Column("request", LargeBinary, nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("time", BigInteger, nullable=False, index=True),
)

people: Final = Table(
    "people",
    metadata,
    Column("user_id", Word, primary_key=True),
    Column("name", Text, nullable=False),
    Column("login", Word, nullable=False, unique=True),
    Column("role", Word, nullable=False),
    Column("password", Text),
    Column("issuer", Word),
    Column("identity", Word),
    Column("created", BigInteger, nullable=False),
    Column("disabled", BigInteger),
    Column("version", Integer, nullable=False),
    UniqueConstraint("issuer", "identity"),
)

sessions: Final = Table(
    "sessions",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("user_id", Word, ForeignKey(people.c.user_id), nullable=False, index=True),
    Column("token", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("used", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False, index=True),
)

invitations: Final = Table(
    "invitations",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("user_id", Word, ForeignKey(people.c.user_id), nullable=False, index=True),
    Column("until", BigInteger, nullable=False),
)

export_sinks: Final = Table(
    "export_sinks",
    metadata,
    Column("sink_id", Word, primary_key=True),
    Column("kind", Word, nullable=False),
    Column("settings", LargeBinary, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("ended", BigInteger),
)

deliveries: Final = Table(
    "deliveries",
    metadata,
    Column("number", Number, primary_key=True),
    Column("sink_id", Word, ForeignKey(export_sinks.c.sink_id), nullable=False),
    Column("object_kind", Word, nullable=False),
    Column("object_id", Word, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("status", Word, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("done", BigInteger),
    Column("error", Text),
    Column("body", LargeBinary, nullable=False),
    Index("ix_deliveries_due", "sink_id", "status", "due", "number"),
    Index("ix_deliveries_status", "status", "number"),
    Index("ix_deliveries_what", "object_id", "sink_id", "object_kind", "revision", unique=True),
)


def upgrade() -> None:
    """Create the tables."""
    metadata.create_all(op.get_bind(), checkfirst=False)
