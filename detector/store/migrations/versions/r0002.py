"""What people decided about accounts, and whose keys are whose: for the hook."""

from __future__ import annotations

from typing import Final

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

revision: Final = "0002"
down_revision: Final = "0001"

NAMES: Final = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ix": "ix_%(table_name)s_%(column_0_name)s",
}

Word: Final = Text().with_variant(Text(collation="C"), "postgresql")
Number: Final = BigInteger().with_variant(Integer, "sqlite")

metadata: Final = MetaData(naming_convention=NAMES)

controls: Final = Table(
    "controls",
    metadata,
    Column("kind", Word, primary_key=True),
    Column("subject", Word, primary_key=True),
    Column("version", BigInteger, unique=True, nullable=False),
    Column("body", LargeBinary),
)

control_history: Final = Table(
    "control_history",
    metadata,
    Column("version", Number, primary_key=True, autoincrement=False),
    Column("kind", Word, nullable=False),
    Column("subject", Word, nullable=False),
    Column("before", LargeBinary),
    Column("body", LargeBinary),
    Column("author", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("recorded", BigInteger, nullable=False),
    Index(None, "kind", "subject"),
)

subjects: Final = Table(
    "subjects",
    metadata,
    Column("kind", Word, primary_key=True),
    Column("subject", Word, primary_key=True),
    Column("account_id", Word, nullable=False),
    Column("version", BigInteger, nullable=False),
    UniqueConstraint("version"),
)


def upgrade() -> None:
    """Create the three tables."""
    metadata.create_all(op.get_bind(), checkfirst=False)
