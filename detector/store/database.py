"""Transactions on either database, with failures in the store's own terms."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import exc, insert

from detector.store.errors import StoreError, StoreRefused, StoreUnavailable

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

    def unfit(self, connection: Connection) -> str | None:
        """Why the database cannot hold what a store writes, and the remedy; None: it can."""
        ...

    def remedy(self, message: str) -> str:
        """What to do about a failure that the database describes so."""
        ...

    def refuses(self, message: str) -> bool:
        """Whether a failure described so is for the user, password or database of the url."""
        ...

    def size(self, connection: Connection) -> int:
        """Bytes that the database takes up."""
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
        self._upserts: dict[Table, Any] = {}

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
            connection.execute(self._upserting(table), list(rows))

    def vacuum(self, tables: Sequence[Table], size: int) -> None:
        """As `Dialect.vacuum`."""
        with self._translated():
            self.dialect.vacuum(self._engine, tables, size)

    def close(self) -> None:
        """Let go of connections."""
        self._engine.dispose()

    def _upserting(self, table: Table) -> Any:
        """The statement, which is built once: building it costs more than a few rows."""
        made = self._upserts.get(table)
        if made is None:
            statement = self.dialect.insert(table)
            keys = list(table.primary_key.columns)
            new = {
                column.name: statement.excluded[column.name] for column in table.c if not column.primary_key
            }
            made = self._upserts[table] = statement.on_conflict_do_update(index_elements=keys, set_=new)
        return made

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except exc.SQLAlchemyError as error:
            failure = self._failure(error)
            if failure is None:
                raise
            raise failure from error

    def _failure(self, error: exc.SQLAlchemyError) -> StoreError | None:
        """In the store's own terms; None for a fault of ours."""
        said = self._said(error)
        if isinstance(error, _FAILURES):
            kind = StoreRefused if self.dialect.refuses(said) else StoreUnavailable
            return kind(f"store {self.place}: {said}; {self.dialect.remedy(said)}, then try again")
        if isinstance(error, exc.ProgrammingError) and "permission denied" in said:
            return StoreError(f"store {self.place}: {said}; grant the store's user what it needs")
        # Its subclasses would be faults of ours; by itself it is SQLite's word for a spoilt file.
        if type(error) is exc.DatabaseError:
            return StoreError(f"store {self.place}: {said}; restore the file")
        return None

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
