"""A copy of a store that is a file, made while it is written."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Annotated, Final

import typer

from detector.cli.compose import told_plainly
from detector.cli.store_options import DEFAULT_STORE, StoreOption
from detector.store.errors import StoreError
from detector.store.opening import SQLITE, open_database
from detector.stream.secret import key_file

_TIMEOUT: Final = 30.0
_PART: Final = ".part"


def backup_command(
    to: Annotated[Path, typer.Argument(metavar="FILE", help="Where the copy goes; must not exist.")],
    store: StoreOption = DEFAULT_STORE,
) -> None:
    """Copy a store that is a file as it is at one moment, also while `stillwatch run` writes it.

    The copy is checked, and has its name only when it is whole. A server is copied by its own tools.

    For example:

      stillwatch store backup copies/monday.db --store sqlite:///stillwatch.db
    """
    with told_plainly():
        copy_store(_file_of(store), to)
    typer.echo(f"{to} is a whole copy; it is read with the secret that the store has, which is not in it")
    secret = key_file(store)
    if secret is not None and secret.exists():
        typer.echo(f"the secret is in {secret}: keep a copy of it elsewhere")


def copy_store(source: Path, to: Path) -> None:
    """One moment of `source` into `to`, which only its owner may read; raises `StoreError`."""
    part = to.with_name(to.name + _PART)
    if to.exists():
        raise StoreError(f"{to}: is there already; name a file that is not")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode=0o600))
        _copy(source, part)
        part.rename(to)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(
            f"{to}: no copy was made ({error}); see that there is room, and remove {part}"
        ) from error


def _copy(source: Path, part: Path) -> None:
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=_TIMEOUT)) as held,
        closing(sqlite3.connect(part)) as copy,
    ):
        # All pages in one step: a single read transaction, which writers do not wait for.
        held.backup(copy)
        found = copy.execute("PRAGMA quick_check").fetchall()
        if found != [("ok",)]:
            raise StoreError(f"{source}: is damaged ({found[0][0]}); restore it from an earlier copy")
        # One file that can be moved: without it pages could be left in a log beside it.
        copy.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    with part.open("rb") as file:
        os.fsync(file.fileno())


def _file_of(store: str) -> Path:
    with closing(open_database(store)) as database:
        url = database.url
    if url.drivername != SQLITE or url.database is None:
        raise StoreError("the store is on a server; copy it with pg_dump, as docs/backup.md says")
    return Path(url.database)
