"""Transactions on either database, with failures in the store's own terms."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import exc, insert

from detector.store.errors import StoreError, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Table
    from sqlalchemy.engine import URL, Connection, Engine

# What a database reports when it cannot be reached or cannot write; the rest would be a fault of ours.
_FAILURES = (exc.OperationalError, exc.InterfaceError, exc.InternalError, exc.TimeoutError)


class Dialect(Protocol):
    """What differs between databases."""

    def engine(self, url: URL, timeout: float) -> Engine:
        """Connections that begin transactions as the store needs them; `timeout` in seconds."""
        ...

    def insert(self, table: Table) -> Any:
        """An insert that knows `on_conflict_do_update`."""
        ...

    def migrating(self, connection: Connection) -> None:
        """Keep other processes from migrating until the transaction ends."""
        ...

    def remedy(self, message: str) -> str:
        """What to do about a failure that the database describes so."""
        ...

    def vacuum(self, engine: Engine, tables: Sequence[Table], size: int) -> None:
        """Make room that deleted rows left usable again, `size` bytes at most where that has a price."""
        ...


class Database:
    """An engine whose transactions raise `StoreUnavailable` where trying again is safe."""

    def __init__(self, url: URL, dialect: Dialect, timeout: float) -> None:
        self.url = url
        self.dialect = dialect
        self.place = url.render_as_string(hide_password=True)
        self._password = str(url.password) if url.password else None
        self._engine = dialect.engine(url, timeout)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction; SQLite lets one in at a time."""
        with self._translated(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that writes nothing and waits for nobody."""
        with self._translated(), self._engine.connect() as free:
            connection = free.execution_options(reading=True)
            with connection.begin():
                yield connection

    def upsert(self, connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert `rows`, or overwrite those of the same primary keys."""
        if rows:
            statement = self.dialect.insert(table)
            keys = list(table.primary_key.columns)
            new = {
                column.name: statement.excluded[column.name] for column in table.c if not column.primary_key
            }
            connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=new), list(rows))

    def vacuum(self, tables: Sequence[Table], size: int) -> None:
        """As `Dialect.vacuum`."""
        with self._translated():
            self.dialect.vacuum(self._engine, tables, size)

    def close(self) -> None:
        """Let go of connections."""
        self._engine.dispose()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except _FAILURES as error:
            said = self._said(error)
            remedy = self.dialect.remedy(said)
            raise StoreUnavailable(f"store {self.place}: {said}; {remedy}, then try again") from error
        except exc.ProgrammingError as error:
            if "permission denied" not in (said := self._said(error)):
                raise
            raise StoreError(f"store {self.place}: {said}; grant the store's user what it needs") from error
        except exc.DatabaseError as error:
            # Its subclasses would be faults of ours; by itself it is SQLite's word for a spoilt file.
            if type(error) is not exc.DatabaseError:
                raise
            raise StoreError(f"store {self.place}: {self._said(error)}; restore the file") from error

    def _said(self, error: exc.SQLAlchemyError) -> str:
        """The first line of what the driver said: no statement, no values, no password."""
        origin = error.orig if isinstance(error, exc.DBAPIError) else error
        lines = str(origin).strip().splitlines()
        first = lines[0].strip() if lines else type(origin).__name__
        return first.replace(self._password, "***") if self._password else first


def insert_all(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert `rows`, if there are any."""
    if rows:
        connection.execute(insert(table), list(rows))
