"""Opens the store of spent tokens, beside or within that of findings."""

from __future__ import annotations

import hmac
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from detector.human.errors import HumanTokenError
from detector.human.spent import SqlSpentTokens
from detector.store.database import Database
from detector.store.postgres import Postgres
from detector.store.sqlite import Sqlite, create_file

if TYPE_CHECKING:
    from collections.abc import Iterator

TIMEOUT: Final = 1.0
"""Seconds to wait for a connection or a lock; requests wait for less."""
_SQLITE: Final = "sqlite:///"
_LABEL: Final = b"stillwatch human tokens"


def spent_url(store: str) -> str:
    """Where spent tokens are unless said otherwise: in the store, or in a file beside one that is a file."""
    return f"{store}.tokens" if store.startswith(_SQLITE) else store


def token_secret(secret: str) -> bytes:
    """The secret of challenges, made of that of the stream: alike in every process that shares a store."""
    return hmac.digest(secret.encode(), _LABEL, "sha256")


@contextmanager
def opened_spent(url: str) -> Iterator[SqlSpentTokens]:
    """Spent tokens in `sqlite:///FILE` or `postgresql://[USER@]HOST/DATABASE`, closed at the end.

    Raises `HumanTokenError` if the URL is none of these, and `StoreUnavailable`.
    """
    database = _database(url)
    try:
        tokens = SqlSpentTokens(database)
        tokens.prepare()
        yield tokens
    finally:
        database.close()


def _database(url: str) -> Database:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        parsed = None
    kind = None if parsed is None else parsed.get_backend_name()
    if parsed is not None and kind == "sqlite" and parsed.database not in {None, "", ":memory:"}:
        _create(str(parsed.database))
        return Database(parsed.set(drivername="sqlite+pysqlite"), Sqlite(), TIMEOUT)
    if parsed is not None and kind == "postgresql":
        return Database(parsed.set(drivername="postgresql+psycopg"), Postgres(), TIMEOUT)
    # Not quoted: a password may be in it.
    raise HumanTokenError(
        "spent tokens: the url names no file or server; write sqlite:///FILE or postgresql://HOST/DATABASE"
    )


def _create(path: str) -> None:
    try:
        create_file(path)
    except OSError as error:
        remedy = "name a file that may be written"
        raise HumanTokenError(f"spent tokens {path}: {error.strerror}; {remedy}") from error
