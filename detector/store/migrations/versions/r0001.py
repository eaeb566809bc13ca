"""Everything at first."""

from __future__ import annotations

from typing import Any, Final

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
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
    insert,
)

revision: Final = "0001"
down_revision: Final = None

NAMES: Final = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}

Word: Final = Text().with_variant(Text(collation="C"), "postgresql")
Number: Final = BigInteger().with_variant(Integer, "sqlite")

metadata: Final = MetaData(naming_convention=NAMES)

clock: Final = Table(
    "clock",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="single"), primary_key=True, autoincrement=False),
    Column("closed", BigInteger),
    Column("letters", BigInteger, nullable=False),
)

leader: Final = Table(
    "leader",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="single"), primary_key=True, autoincrement=False),
    Column("owner", Text),
    Column("lease", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("concluded", BigInteger),
    Column("alerts", BigInteger, nullable=False),
    Column("verdicts", BigInteger, nullable=False),
)

partitions: Final = Table(
    "partitions",
    metadata,
    Column("origin", Word, primary_key=True),
    Column("owner", Text),
    Column("epoch", BigInteger, nullable=False),
    Column("claimed", BigInteger, nullable=False),
    Column("committed", BigInteger),
    Column("position", BigInteger),
    Column("watermark", BigInteger),
    Column("idle", Boolean, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("read", BigInteger, nullable=False),
    Column("accepted", BigInteger, nullable=False),
    Column("duplicate", BigInteger, nullable=False),
    Column("late", BigInteger, nullable=False),
    Column("dead_lettered", BigInteger, nullable=False),
    Column("lifecycle", BigInteger, nullable=False),
    Column("state", LargeBinary, nullable=False),
)

frames: Final = Table(
    "frames",
    metadata,
    Column("tick", BigInteger, primary_key=True, autoincrement=False),
    Column("origin", Word, ForeignKey(partitions.c.origin), primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("events", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

seen: Final = Table(
    "seen",
    metadata,
    Column("origin", Word, ForeignKey(partitions.c.origin), primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("latest", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index(None, "origin", "latest"),
)

letters: Final = Table(
    "letters",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("origin", Word, ForeignKey(partitions.c.origin), nullable=False),
    Column("time", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("redriven", BigInteger),
    Column("payload", LargeBinary),
)

alerts: Final = Table(
    "alerts",
    metadata,
    Column("version", Number, primary_key=True, autoincrement=False),
    Column("alert_id", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("time", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject_id", Word, nullable=False),
    Column("label", Text, nullable=False),
    Column("score", Double, nullable=False),
    Column("status", Text, nullable=False),
    Column("recorded", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("alert_id", "revision"),
)


def _verdict() -> tuple[Column[Any], ...]:
    return (
        Column("label", Text, nullable=False),
        Column("score", Double, nullable=False),
        Column("status", Text, nullable=False),
        Column("campaign_id", Text),
        Column("time", BigInteger, nullable=False),
    )


verdicts: Final = Table(
    "verdicts",
    metadata,
    Column("account_id", Word, primary_key=True),
    Column("version", BigInteger, unique=True, nullable=False),
    *_verdict(),
)

verdict_history: Final = Table(
    "verdict_history",
    metadata,
    Column("version", Number, primary_key=True, autoincrement=False),
    Column("account_id", Word, index=True, nullable=False),
    Column("recorded", BigInteger, nullable=False),
    *_verdict(),
)

campaigns: Final = Table(
    "campaigns",
    metadata,
    Column("campaign_id", Word, primary_key=True),
    Column("status", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("score", Double, nullable=False),
    Column("time", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

checkpoints: Final = Table(
    "checkpoints",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="single"), primary_key=True, autoincrement=False),
    Column("tick", BigInteger, nullable=False),
    Column("manifest", LargeBinary, nullable=False),
)

pages: Final = Table(
    "pages",
    metadata,
    Column("array", Word, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
)

cold_accounts: Final = Table(
    "cold_accounts",
    metadata,
    Column("account_id", Word, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

cursors: Final = Table(
    "cursors",
    metadata,
    Column("sink", Text, primary_key=True),
    Column("stream", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
)


def upgrade() -> None:
    """Create all tables, and the rows of those that have one."""
    connection = op.get_bind()
    metadata.create_all(connection, checkfirst=False)
    connection.execute(insert(clock).values(id=1, letters=0))
    connection.execute(insert(leader).values(id=1, lease=0, until=0, alerts=0, verdicts=0))
    if connection.dialect.name == "postgresql":
        for table in (frames, seen, pages, cold_accounts):
            # These are compressed already, and the server would try again in vain.
            op.execute(f"ALTER TABLE {table.name} ALTER COLUMN body SET STORAGE EXTERNAL")
