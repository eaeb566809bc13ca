"""Tables of the hook: what people decided, and whose keys are whose."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text, UniqueConstraint

from detector.store.schema import Identifier, Number, Word, metadata

controls: Final = Table(
    "controls",
    metadata,
    Column("kind", Word, primary_key=True),
    Column("subject", Identifier, primary_key=True),
    Column("version", BigInteger, unique=True, nullable=False),
    Column("body", LargeBinary),
)
"""The latest of each."""

control_history: Final = Table(
    "control_history",
    metadata,
    Column("version", Number, primary_key=True, autoincrement=False),
    Column("kind", Word, nullable=False),
    Column("subject", Identifier, nullable=False),
    Column("before", LargeBinary),
    Column("body", LargeBinary),
    Column("author", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("recorded", BigInteger, nullable=False),
    Index(None, "kind", "subject"),
)
"""The audit: it is added to and never changed."""

subjects: Final = Table(
    "subjects",
    metadata,
    Column("kind", Word, primary_key=True),
    Column("subject", Identifier, primary_key=True),
    Column("account_id", Identifier, nullable=False),
    Column("version", BigInteger, nullable=False),
    UniqueConstraint("version"),
)
"""The account of an API key or end user."""
