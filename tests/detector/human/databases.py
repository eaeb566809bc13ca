"""Databases without a schema, opened as a service would."""

from __future__ import annotations

from sqlalchemy import make_url

from detector.store.database import Database
from detector.store.postgres import Postgres
from detector.store.sqlite import Sqlite

TIMEOUT = 10.0


def database_of(url: str) -> Database:
    """Of either kind."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return Database(parsed.set(drivername="sqlite+pysqlite"), Sqlite(), TIMEOUT)
    return Database(parsed.set(drivername="postgresql+psycopg"), Postgres(), TIMEOUT)
