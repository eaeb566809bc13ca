"""A real PostgreSQL server on a Unix socket, for tests and scripts."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, LiteralString

import psycopg
from psycopg import sql
from sqlalchemy import NullPool, create_engine, delete, make_url, update

from detector.store.opening import upgrade
from detector.store.schema import clock, leader, metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

USER: Final = "postgres"
TEMPLATE: Final = "stillwatch_template"
START_SECONDS: Final = 30.0
DEBIAN: Final = Path("/usr/lib/postgresql")
MEMORY: Final = Path("/dev/shm")  # noqa: S108 - the folders made in it are the user's own
NEEDED: Final = 1 << 30
SETTINGS: Final = {
    "listen_addresses": "",
    "fsync": "on",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "log_min_messages": "fatal",
    # After a crash one call instead of one a file.
    "recovery_init_sync_method": "syncfs",
}


class PostgresError(Exception):
    """The server cannot be started; says why, with the end of its log."""


class Postgres:
    """One server process; `start` after `stop` or `crash` comes back with its data."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = count()
        self._prepare()

    def url(self, database: str) -> str:
        """Of a database, over the socket."""
        return f"postgresql://{USER}@/{database}?host={self.folder}"

    def start(self) -> None:
        """Start the process and wait until it serves; raises `PostgresError` if it does not."""
        options = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        command = [_program("postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder), *options]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, **_who())
        try:
            self._await_start(self._process)
        except BaseException:
            self.crash()
            raise

    def stop(self) -> None:
        """Shut down in order, whoever is connected."""
        self._end(signal.SIGINT)

    def crash(self) -> None:
        """End at once: what is not on the disk is lost, and the next start recovers."""
        self._end(signal.SIGQUIT)

    def create_database(self) -> str:
        """The URL of a new database with the latest schema."""
        return self._create(TEMPLATE)

    def create_empty(self, encoding: LiteralString = "UTF8") -> str:
        """The URL of a new database with nothing in it."""
        return self._create("template0", f"ENCODING '{encoding}' LOCALE 'C'")

    def clean(self, url: str) -> None:
        """Make a database with the latest schema as new: far quicker than another one."""
        engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
        with engine.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                if table not in (clock, leader):
                    connection.execute(delete(table))
            connection.execute(update(clock).values(closed=None, letters=0))
            nobody = {"owner": None, "lease": 0, "until": 0, "concluded": None, "alerts": 0, "verdicts": 0}
            connection.execute(update(leader).values(nobody))

    def execute(self, statement: sql.Composed) -> None:
        """Run one statement in the server's own database."""
        with psycopg.connect(self.url(USER), autocommit=True) as connection:
            connection.execute(statement)

    def prepare_template(self) -> None:
        """Make the database that others are copied from."""
        self.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
        upgrade(self.url(TEMPLATE))

    def log_tail(self, lines: int = 40) -> str:
        """The end of the server's log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def _create(self, template: str, options: LiteralString = "") -> str:
        name = f"store_{next(self._numbers)}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} {}")
        parts = sql.Identifier(name), sql.Identifier(template), sql.SQL(options)
        self.execute(statement.format(*parts))
        return self.url(name)

    def _prepare(self) -> None:
        self.log.touch()
        if "user" in _who():
            shutil.chown(self.folder, USER, USER)
        command = [_program("initdb"), "-D", str(self.folder / "data"), "-U", USER, "-E", "UTF8"]
        # Flushing the new cluster would take longer than anything after it.
        command += ["--locale=C.UTF-8", "--auth=trust", "--no-sync"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", **_who())
        if done.returncode != 0:
            raise PostgresError(f"initdb failed:\n{done.stdout}{done.stderr}")

    def _await_start(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._serves():
            if process.poll() is not None:
                raise PostgresError(f"PostgreSQL ended with code {process.returncode}:\n{self.log_tail()}")
            if time.monotonic() > deadline:
                raise PostgresError(f"PostgreSQL was not up after {START_SECONDS:.0f} s:\n{self.log_tail()}")
            time.sleep(0.02)

    def _serves(self) -> bool:
        try:
            psycopg.connect(self.url(USER)).close()
        except psycopg.OperationalError:
            return False
        return True

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait()
            self._process = None


@contextmanager
def running_postgres(*, on_disk: bool = False) -> Iterator[Postgres]:
    """A started server in a folder of its own, gone afterwards; in memory if there is room, or `on_disk`.

    Nothing is lost by memory: a crash of the server leaves files as they are, wherever they are.
    """
    quick = not on_disk and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > NEEDED
    parent = MEMORY if quick else None
    with tempfile.TemporaryDirectory(prefix="stillwatch-pg-", dir=parent) as folder:
        server = Postgres(Path(folder))
        server.start()
        try:
            server.prepare_template()
            yield server
        finally:
            server.crash()


def _who() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    return {"user": USER, "group": USER, "extra_groups": ()} if os.geteuid() == 0 else {}


def _program(name: str) -> str:
    """The newest that Debian has, which keeps versions apart, or the one on the PATH."""
    found = sorted(DEBIAN.glob(f"*/bin/{name}"), key=lambda path: float(path.parts[-3]))
    program = str(found[-1]) if found else shutil.which(name)
    if program is None:
        raise PostgresError(f"`{name}` is not installed: install PostgreSQL 15 or later, or run `make parts`")
    return program
