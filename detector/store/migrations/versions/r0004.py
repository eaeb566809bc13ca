"""Changes of many cases, a portion at a time."""

from __future__ import annotations

from typing import Final

from alembic import op
from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, MetaData, Table, Text

revision: Final = "0004"
down_revision: Final = "0003"

NAMES: Final = {"pk": "pk_%(table_name)s", "fk": "fk_%(table_name)s_%(column_0_name)s"}

Word: Final = Text().with_variant(Text(collation="C"), "postgresql")

metadata: Final = MetaData(naming_convention=NAMES)

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

bulk_portions: Final = Table(
    "bulk_portions",
    metadata,
    Column("job_id", Word, ForeignKey(bulk_changes.c.job_id), primary_key=True),
    Column("first", Integer, primary_key=True, autoincrement=False),
    Column("cases", LargeBinary, nullable=False),
)


def upgrade() -> None:
    """Create the tables."""
    metadata.create_all(op.get_bind(), checkfirst=False)
