from __future__ import annotations

import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, make_url, text

from detector.store import casework_schema, dossier_schema, export_schema, people_schema
from detector.store.errors import StoreError, StoreUnavailable
from detector.store.opening import open_store, upgrade
from detector.store.revisions import released
from detector.store.schema import metadata
from tests.support.stores import claimed, commit_of, lease_of

if TYPE_CHECKING:
    from typing import LiteralString

    from tests.support.postgres import Postgres

TABLES = (casework_schema.cases, dossier_schema.dossiers, export_schema.deliveries, people_schema.people)
"""Of each module that only the console imports, so that the schema is whole."""


def _execute(url: str, statement: str) -> None:
    """A change from outside, as another version would make it."""
    parsed = make_url(url.replace("postgresql:", "postgresql+psycopg:"))
    engine = create_engine(parsed)
    with engine.begin() as connection:
        connection.execute(text(statement), {"latest": released()[-1]})
    engine.dispose()


@pytest.mark.parametrize("revision", released())
def test_every_released_schema_is_brought_up_to_date(empty_url: str, revision: str) -> None:
    """From any of them, and from nothing, the result is the schema that the code writes."""
    upgrade(empty_url, to=revision)
    upgrade(empty_url)
    engine = create_engine(make_url(empty_url.replace("postgresql:", "postgresql+psycopg:")))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert {table.name for table in TABLES} <= set(metadata.tables)
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_an_upgrade_keeps_what_is_stored(store_url: str) -> None:
    """To upgrade what is up to date already changes nothing."""
    before = open_store(store_url)
    before.commit([commit_of(claimed(before), 5, 1)], 1)
    before.close()
    upgrade(store_url)
    after = open_store(store_url)
    assert [status.position for status in after.partitions()] == [5]
    assert lease_of(after) > 0
    after.close()


def test_processes_may_upgrade_at_once(empty_url: str) -> None:
    """The first one does the work, and the others find it done."""
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(upgrade, [empty_url] * 3))
    open_store(empty_url).close()


def test_a_store_without_a_schema_is_refused(empty_url: str) -> None:
    """The message says how to make one, and nothing is left where nothing was."""
    with pytest.raises(StoreError, match="run `stillwatch store upgrade`"):
        open_store(empty_url)
    if empty_url.startswith("sqlite"):
        assert not Path(empty_url.removeprefix("sqlite:///")).exists()


def test_a_newer_schema_is_refused(store_url: str) -> None:
    """An older program must not write into what it does not know."""
    _execute(store_url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match=r"has schema 9999, .* upgrade Stillwatch"):
        open_store(store_url)
    _execute(store_url, "UPDATE alembic_version SET version_num = :latest")


def test_an_emptied_version_is_refused(store_url: str) -> None:
    """Tables alone do not say which schema they are."""
    _execute(store_url, "DELETE FROM alembic_version")
    with pytest.raises(StoreError, match="has no schema yet"):
        open_store(store_url)
    _execute(store_url, "INSERT INTO alembic_version VALUES (:latest)")


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_that_cannot_hold_all_text_is_refused(
    postgres_server: Postgres, encoding: LiteralString
) -> None:
    """Before anything is made in it, with how to make a better one."""
    url = postgres_server.create_empty(encoding)
    with pytest.raises(StoreError, match=f"encoding is {encoding}; make it anew with ENCODING 'UTF8'"):
        upgrade(url)
    with pytest.raises(StoreError, match="has no schema yet"):
        open_store(url)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://host/x", "store.db", ""])
def test_a_url_that_names_no_store_is_refused(url: str) -> None:
    """The message shows the forms there are."""
    with pytest.raises(StoreError, match=r"store url .* write sqlite:///FILE or postgresql://"):
        open_store(url)


def test_no_message_shows_the_password() -> None:
    """Neither the one in the URL nor the one handed in, whatever fails."""
    for url, password in (
        ("postgresql://me:hunter2@127.0.0.1:9/x", None),
        ("postgresql://me@127.0.0.1:9/x", "hunter2"),
        ("postgresql://me:hunter2@[bad/x", None),
        ("mysql://me:hunter2@host/x", None),
    ):
        with pytest.raises(StoreError) as failure:
            open_store(url, password=password, timeout=1)
        assert "hunter2" not in str(failure.value)
        assert "hunter2" not in repr(failure.value.__cause__)


def test_a_server_that_is_not_there_may_be_tried_again() -> None:
    """An address where nobody listens is named, with what to check."""
    with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1:9/x: .* see that the server runs"):
        open_store("postgresql://me@127.0.0.1:9/x", timeout=1)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """A path that was confused with another is named, and the file is left as it is."""
    path = tmp_path / "notes.txt"
    path.write_text("not a database " * 1000)
    for attempt in (open_store, upgrade):
        with pytest.raises(StoreError, match=r"notes\.txt: file is not a database; restore the file"):
            attempt(f"sqlite:///{path}")
    assert path.read_text() == "not a database " * 1000


def test_a_file_is_its_owners_only(tmp_path: Path) -> None:
    """It holds account names, so that nobody else may read it, nor its logs."""
    upgrade(f"sqlite:///{tmp_path / 'new.db'}")
    store = open_store(f"sqlite:///{tmp_path / 'new.db'}")
    claimed(store)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    store.close()
    assert modes == dict.fromkeys(("new.db", "new.db-wal", "new.db-shm"), 0o600)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Rather than making folders where a path is misspelt."""
    with pytest.raises(StoreError, match=r"absent/new\.db: No such file"):
        upgrade(f"sqlite:///{tmp_path / 'absent' / 'new.db'}")


def test_an_upgrade_keeps_the_locks_of_who_has_the_file_open(tmp_path: Path) -> None:
    """Or another process that closes it would think itself the last one, and take away the log in use.

    POSIX drops a process' locks on a file when the process closes any handle of it
    (https://www.sqlite.org/howtocorrupt.html, section 2.2).
    """
    url = f"sqlite:///{tmp_path / 'store.db'}"
    upgrade(url)
    store = open_store(url)
    claimed(store)
    upgrade(url)
    other = f"from detector.store.opening import open_store; open_store({url!r}).close()"
    subprocess.run([sys.executable, "-c", other], check=True)
    assert (tmp_path / "store.db-wal").exists()
    store.close()
