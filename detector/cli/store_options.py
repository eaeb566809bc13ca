"""Options of every command that uses the store."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from detector.store.opening import upgrade

DEFAULT_STORE: Final = "sqlite:///stillwatch.db"

StoreOption = Annotated[
    str,
    typer.Option(
        "--store",
        envvar="STILLWATCH_STORE",
        help="Where state and findings are: sqlite:///FILE, or postgresql://USER@HOST/DATABASE.",
        show_envvar=True,
    ),
]


def ready_store(url: str, *, begin: bool = False) -> None:
    """Bring a file up to date before it is used. A server is upgraded by `stillwatch store upgrade` alone.

    Others may be at work on a server, and with an older version. A file that is not there is made only where
    a store may `begin`: a command that changed a new, empty one would seem to have worked on the one meant.
    """
    if url.startswith("sqlite:"):
        upgrade(url, make=begin)
