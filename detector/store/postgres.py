"""PostgreSQL: for workers on several machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from psycopg import Cursor
from psycopg.pq import Format
from psycopg.rows import TupleRow, tuple_row
from sqlalchemy import create_engine, func, select
from sqlalchemy.dialects.postgresql import Insert, insert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg import Connection as PostgresConnection
    from sqlalchemy import Table
    from sqlalchemy.engine import URL, Connection, Engine

_MIGRATION_LOCK: Final = 0x5717_7A7C
"""the key of an advisory lock: any number that nobody else uses"""

_REFUSALS: Final = (
    "authentication failed", "no password supplied", "does not exist", "not permitted to log in",
    "pg_hba.conf",
)  # fmt: skip
"""What a server says to whom it lets in nowhere; one that starts or is full says something else"""


class _BinaryCursor(Cursor[TupleRow]):
    """Gets pages and frames as they are; as text they would be twice as long."""

    def __init__(self, connection: PostgresConnection[Any], *, row_factory: Any = None) -> None:
        super().__init__(connection, row_factory=row_factory or tuple_row)
        self.format = Format.BINARY


class Postgres:
    """Rows are locked one by one, always in the order leader, clock, partitions by origin."""

    def engine(self, url: URL, timeout: float) -> Engine:
        """Connections that give up rather than hang, and hold no lock for a process that froze."""
        ms = int(timeout * 1000)
        arguments = {
            "application_name": "stillwatch",
            # A server's own default may be one in which psycopg hands text out as bytes.
            "client_encoding": "utf8",
            "cursor_factory": _BinaryCursor,
            "connect_timeout": max(1, int(timeout)),
            "tcp_user_timeout": ms,
            "options": f"-c lock_timeout={ms} -c idle_in_transaction_session_timeout={ms}",
        }
        return create_engine(url, connect_args=arguments, pool_timeout=timeout, hide_parameters=True)

    def insert(self, table: Table) -> Insert:
        """An insert that knows `on_conflict_do_update`."""
        return insert(table)

    def migrating(self, connection: Connection) -> None:
        """Wait for other processes that migrate the same database."""
        connection.execute(select(func.pg_advisory_xact_lock(_MIGRATION_LOCK)))

    def unfit(self, connection: Connection) -> str | None:
        """Any other encoding than UTF-8 lacks letters, or takes what is none."""
        found: str = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
        if found == "UTF8":
            return None
        return f"its encoding is {found}; make it anew with ENCODING 'UTF8' TEMPLATE template0"

    def remedy(self, message: str) -> str:
        """What to do about a failure that PostgreSQL or its client describes so."""
        if "No space left" in message:
            return "make room on the server's disk"
        if self.refuses(message):
            return "correct the user, password or database of the store's url"
        if "timeout" in message or "deadlock" in message:
            return "see what holds locks for so long"
        return "see that the server runs and can be reached"

    def refuses(self, message: str) -> bool:
        """By the words of the server: the client is told no code of a connection that failed."""
        return any(words in message for words in _REFUSALS)

    def size(self, connection: Connection) -> int:
        """Bytes of the database's files."""
        found: int = connection.execute(select(func.pg_database_size(func.current_database()))).scalar_one()
        return found

    def vacuum(self, engine: Engine, tables: Sequence[Table], size: int) -> None:  # noqa: ARG002 - no price
        """Let freed space be used again; autovacuum would, later."""
        with engine.connect() as free:
            connection = free.execution_options(isolation_level="AUTOCOMMIT")
            names = ", ".join(table.name for table in tables)
            connection.exec_driver_sql(f"VACUUM (SKIP_LOCKED) {names}")
