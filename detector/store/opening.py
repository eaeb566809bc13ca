"""Finding the right database behind a URL, and only with the schema that this version writes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import inspect, make_url, select
from sqlalchemy.exc import ArgumentError

from detector.store import revisions
from detector.store.claims import SqlClaims
from detector.store.commits import SqlCommits
from detector.store.concluding import SqlFindings
from detector.store.database import Database
from detector.store.errors import StoreError
from detector.store.hook_controls import SqlControls
from detector.store.hook_links import SqlLinks
from detector.store.inventory import SqlInventory
from detector.store.keeping import SqlKept
from detector.store.leading import SqlLeading
from detector.store.mail import SqlLetters
from detector.store.paging import SqlPaging
from detector.store.postgres import Postgres
from detector.store.schema import partitions
from detector.store.sqlite import Sqlite, create_file
from detector.store.upkeep import SqlUpkeep

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

    from detector.store.interface import Store

SQLITE: Final = "sqlite+pysqlite"
FORMS: Final = "sqlite:///FILE or postgresql://[USER@]HOST[:PORT]/DATABASE"
TIMEOUT: Final = 30.0
"""Seconds to wait for a connection or a lock."""
_UNMADE: Final = f"check its name, or {revisions.REMEDY} to make it"


class SqlStore(
    SqlClaims,
    SqlCommits,
    SqlLeading,
    SqlFindings,
    SqlPaging,
    SqlLetters,
    SqlUpkeep,
    SqlInventory,
    SqlControls,
    SqlLinks,
    SqlKept,
):
    """All parts over one database."""

    def close(self) -> None:
        """As `Store.close`."""
        self._database.close()


def open_store(url: str, *, password: str | None = None, timeout: float = TIMEOUT) -> Store:
    """Open `sqlite:///FILE` or `postgresql://[USER@]HOST[:PORT]/DATABASE`.

    A password may also stand in the URL, or where libpq looks for one. Raises `StoreError` if the URL or the
    schema is not right, `StoreUnavailable` if the database does not answer.
    """
    return SqlStore(open_database(url, password=password, timeout=timeout))


def open_database(url: str, *, password: str | None = None, timeout: float = TIMEOUT) -> Database:
    """The database of `open_store` for who needs other parts than a `Store` has; raises as it does."""
    database = _database(url, password, timeout)
    try:
        _check_file(database.url)
        revisions.check(database)
    except BaseException:
        database.close()
        raise
    return database


def upgrade(
    url: str, *, password: str | None = None, timeout: float = TIMEOUT, to: str = "head", make: bool = True
) -> None:
    """Bring the schema up to date, from nothing or from any released one; `to` an older one for tests.

    A new SQLite file may be read and written by its owner only; without `make` it has to be there. Raises as
    `open_store`.
    """
    database = _database(url, password, timeout)
    try:
        if make:
            _create_file(database.url)
        else:
            _check_file(database.url)
        revisions.upgrade(database, to)
    finally:
        database.close()


def is_used(url: str) -> bool:
    """Whether a store holds partitions, under whichever schema; False if the file is not there."""
    database = _database(url, None, TIMEOUT)
    try:
        if database.url.drivername == SQLITE and not Path(database.url.database or "").exists():
            return False
        with database.reading() as connection:
            there = inspect(connection).has_table(partitions.name)
            return there and connection.execute(select(partitions.c.origin).limit(1)).first() is not None
    finally:
        database.close()


def _database(url: str, password: str | None, timeout: float) -> Database:
    parsed = _parsed(url)
    if parsed.drivername == SQLITE:
        return Database(parsed, Sqlite(), timeout)
    return Database(parsed.set(password=password) if password else parsed, Postgres(), timeout)


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # The message would quote it, and a password with it.
        raise StoreError(f"store url is no URL; write {FORMS}") from None
    name = parsed.get_backend_name()
    if name == "sqlite" and parsed.database not in (None, "", ":memory:"):
        return parsed.set(drivername=SQLITE)
    if name == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    raise StoreError(f"store url {parsed.render_as_string()} names no file or server; write {FORMS}")


def _check_file(url: URL) -> None:
    if url.drivername == SQLITE and not Path(url.database or "").exists():
        raise StoreError(f"store {url.render_as_string()}: there is no such file; {_UNMADE}")


def _create_file(url: URL) -> None:
    if url.drivername == SQLITE:
        try:
            create_file(url.database or "")
        except OSError as error:
            raise StoreError(
                f"store {url.render_as_string()}: {error.strerror}; name one that may be written"
            ) from error
