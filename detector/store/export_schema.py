"""Tables of exports: where findings go, and what became of each."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from detector.store.schema import Number, Word, metadata

export_sinks: Final = Table(
    "export_sinks",
    metadata,
    Column("sink_id", Word, primary_key=True),
    Column("kind", Word, nullable=False),
    Column("settings", LargeBinary, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("ended", BigInteger),
)
"""`settings` hold no secret: secrets are named, and read from the environment or a file."""

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
"""The outbox: `status` is `waiting`, `done` or `failed`; a delivery is in it before it is tried.

Who tries one first moves it `due` beyond the time that a try takes, and counts the try: `attempts` tells a
try that was given up for lost from the one after it. `until` is when to give up.
"""
