"""`stillwatch audit`: who did what, and whether the record of it is whole."""

from __future__ import annotations

from contextlib import closing
from typing import Annotated

import typer

from detector.audit.export import to_line
from detector.audit.reading import entries
from detector.audit.verify import verify
from detector.cli.compose import told_plainly
from detector.cli.store_options import DEFAULT_STORE, StoreOption
from detector.store.audit_entry import Head, parse_head
from detector.store.opening import open_database

EXIT_FAULT = 1


def make_audit_app() -> typer.Typer:
    """The group of commands."""
    app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Who did what, when and why.")
    app.command("verify")(verify_command)
    app.command("export")(export_command)
    return app


def verify_command(
    head: Annotated[
        str | None,
        typer.Option("--head", metavar="N:DIGEST", help="What an earlier run printed, kept elsewhere."),
    ] = None,
    store: StoreOption = DEFAULT_STORE,
) -> None:
    """See whether the audit is whole, and print its head; exit with 1 if it is not.

    Keep the head where nobody who can write to the store can change it: by --head it shows later
    whether entries were cut off from the end.

    For example:

      stillwatch audit verify --store sqlite:///stillwatch.db
    """
    with told_plainly(), closing(open_database(store)) as database:
        found = verify(database, None if head is None else _head(head))
    if found.fault is not None:
        typer.echo(f"the audit is not whole: {found.fault}", err=True)
        raise typer.Exit(EXIT_FAULT)
    typer.echo(f"{found.head.number:,} entries, each as it was written")
    if found.head.number:
        typer.echo(f"head {found.head}")


def export_command(
    after: Annotated[int, typer.Option("--after", min=0, help="Only entries after this number.")] = 0,
    store: StoreOption = DEFAULT_STORE,
) -> None:
    """Print the audit as JSON lines, oldest first, with the digests that chain them.

    For example:

      stillwatch audit export > audit.jsonl
    """
    with told_plainly(), closing(open_database(store)) as database:
        for found in entries(database, after):
            typer.echo(to_line(found))


def _head(text: str) -> Head:
    try:
        return parse_head(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
