"""Tables of what people look at: how things stand with a subject, how they came to, and the traffic."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Double, Index, Integer, LargeBinary, Table

from detector.store.schema import Identifier, Word, metadata

dossiers: Final = Table(
    "dossiers",
    metadata,
    Column("kind", Word, primary_key=True),
    Column("subject_id", Identifier, primary_key=True),
    Column("time", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index(None, "time"),
)
"""The latest of each account or campaign, as the leader saw it."""

shared_objects: Final = Table(
    "shared_objects",
    metadata,
    Column("object_id", Word, primary_key=True),
    Column("account_id", Identifier, primary_key=True, index=True),
    Column("requests", BigInteger, nullable=False),
)
"""Which accounts with a dossier show what others show as well: the way from one to the next."""

measurements: Final = Table(
    "measurements",
    metadata,
    Column("kind", Word, primary_key=True),
    Column("subject_id", Identifier, primary_key=True),
    Column("time", BigInteger, primary_key=True, autoincrement=False),
    Column("score", Double, nullable=False),
    Column("exchanges", BigInteger, nullable=False),
    Column("leaked", BigInteger, nullable=False),
    Column("accounts", Integer, nullable=False),
    Column("coverage", Double),
    Column("recorded", BigInteger, nullable=False),
    Index(None, "recorded"),
)
"""How a subject grew: at most one a step of time."""

series: Final = Table(
    "series",
    metadata,
    Column("name", Word, primary_key=True),
    Column("time", BigInteger, primary_key=True, autoincrement=False),
    Column("value", Double, nullable=False),
)
"""Traffic, alerts and the health of data, by steps of time."""

samples: Final = Table(
    "samples",
    metadata,
    Column("account_id", Identifier, primary_key=True),
    Column("event_id", Identifier, primary_key=True),
    Column("time", BigInteger, nullable=False),
    Column("facts", LargeBinary, nullable=False),
    Column("content", LargeBinary),
    Column("recorded", BigInteger, nullable=False),
    Index(None, "recorded"),
)
"""Requests of accounts that are alerted, only where the operator keeps samples: content is sealed."""

organisations: Final = Table(
    "organisations",
    metadata,
    Column("account_id", Identifier, primary_key=True),
    Column("org_id", Identifier, nullable=False, index=True),
    Column("version", BigInteger, nullable=False, unique=True),
)
"""The organisation of an account."""
