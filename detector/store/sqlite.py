"""SQLite: the embedded default. One process or a few on one machine."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import create_engine, event
from sqlalchemy.dialects.sqlite import Insert, insert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Table
    from sqlalchemy.engine import URL, Connection, Engine

# The first two count only where the file is new, and only before the third.
_PRAGMAS: Final = (
    "page_size = 8192",
    "auto_vacuum = INCREMENTAL",
    "journal_mode = WAL",
    # Without it the last commits would be lost with the power; it costs a flush of the log each.
    "synchronous = FULL",
    "foreign_keys = ON",
    "journal_size_limit = 268435456",
)


_PATIENCE_SECONDS: Final = 1.0
_PAUSE_SECONDS: Final = 0.01


class Sqlite:
    """Write transactions queue up at their beginning, so that none fails halfway for another's sake."""

    def engine(self, url: URL, timeout: float) -> Engine:
        """Connections of which every transaction begins as it was asked for."""
        engine = create_engine(
            url, connect_args={"timeout": timeout}, pool_timeout=timeout, hide_parameters=True
        )
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
        return engine

    def insert(self, table: Table) -> Insert:
        """An insert that knows `on_conflict_do_update`."""
        return insert(table)

    def migrating(self, connection: Connection) -> None:
        """A write transaction is alone anyway."""

    def unfit(self, connection: Connection) -> str | None:
        """None: a file is always in UTF-8."""

    def remedy(self, message: str) -> str:
        """What to do about a failure that SQLite describes so."""
        if "full" in message:
            return "make room on the disk"
        if "locked" in message:
            return "see which process holds the file for so long"
        if "readonly" in message or "unable to open" in message:
            return "see that the file and its folder are there and may be written"
        return "see that the disk is sound and the file is whole"

    def refuses(self, message: str) -> bool:  # noqa: ARG002 - a file asks for no password
        """Never: a file lets in who may open it."""
        return False

    def size(self, connection: Connection) -> int:
        """Bytes of the file, without its log."""
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        size: int = pages * connection.exec_driver_sql("PRAGMA page_size").scalar_one()
        return size

    def vacuum(self, engine: Engine, tables: Sequence[Table], size: int) -> None:  # noqa: ARG002 - the whole file
        """Give free pages back, `size` bytes at most."""
        if size == 0:
            # Or SQLite would take it for no bound at all.
            return
        with engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            (page,) = driver.execute("PRAGMA page_size").fetchone()
            # A page is freed with each step, and only for a script the driver takes all of them.
            driver.executescript(f"PRAGMA incremental_vacuum({size // page})")


def create_file(path: str) -> None:
    """An empty file for its owner alone, which SQLite takes for an empty database; its logs get its mode.

    One that is there is not even opened: POSIX drops a process' locks on a file when the process closes any
    handle of it, and others would then take away the log that this process writes
    (https://www.sqlite.org/howtocorrupt.html, section 2.2). Raises `OSError`.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode=0o600))


def _prepare(connection: Any, _: object) -> None:
    # Or the driver would begin transactions by its own rules.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        _set(connection, pragma)


def _set(connection: Any, pragma: str) -> None:
    """Where several begin the log of a file at once, SQLite tells all but one at once that it is locked.

    Other locks it waits for by itself, longer than is tried again here.
    """
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            connection.execute(f"PRAGMA {pragma}").fetchall()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            return


def _begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
