"""`stillwatch lake`: what a training lake holds, and what must leave it."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.filesize import decimal
from rich.table import Table

from detector.cli.compose import told_plainly
from detector.lake.lake import open_lake
from detector.lake.upkeep import forget, prune
from detector.stream.clock import SystemClock
from features.account.fold import DAY

if TYPE_CHECKING:
    from detector.lake.lake import Lake

UriArgument = Annotated[
    str, typer.Argument(help="The lake: a folder, or a URI such as s3://.", metavar="URI")
]


def make_lake_app() -> typer.Typer:
    """The group of commands."""
    app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Look after a training lake.")
    app.command("info")(info_command)
    app.command("forget")(forget_command)
    app.command("prune")(prune_command)
    return app


def info_command(uri: UriArgument) -> None:
    """Say what a lake holds, of which days, and what it was written by.

    For example:

      stillwatch lake info /srv/stillwatch/lake
    """
    with told_plainly():
        lake = _open(uri)
        table = _table(lake)
    console = Console()
    console.print(table)
    made = lake.manifest
    console.print(
        f"schema {made.schema}, features {made.catalogue}, ticks of {made.tick / 60_000:g} minutes",
        highlight=False,
    )


def forget_command(
    account: Annotated[str, typer.Argument(help="Id of the account.", metavar="ACCOUNT")],
    uri: UriArgument,
) -> None:
    """Remove every row of an account, and its id, from every file; a data subject may ask for that.

    Rows of up to now are not written again, by whoever repeats old ticks; what the account asks later is.

    For example:

      stillwatch lake forget acct-1 /srv/stillwatch/lake
    """
    with told_plainly():
        found = forget(_open(uri).files, account, SystemClock().now())
    typer.echo(f"{found:,} rows removed")


def prune_command(
    uri: UriArgument,
    days: Annotated[
        int | None, typer.Option("--days", min=1, help="Keep so many days up to today (UTC).")
    ] = None,
    before: Annotated[
        datetime | None, typer.Option("--before", formats=["%Y-%m-%d"], help="Keep this day and later ones.")
    ] = None,
) -> None:
    """Delete old days. Populations that later rows refer to keep one row of those days.

    For example:

      stillwatch lake prune /srv/stillwatch/lake --days 180
    """
    if (days is None) == (before is None):
        raise typer.BadParameter("give either --days or --before")
    with told_plainly():
        gone = prune(_open(uri).files, _first_day(days, before))
    typer.echo(f"{gone:,} files deleted")


def _first_day(days: int | None, before: datetime | None) -> int:
    today = datetime.fromtimestamp(SystemClock().now() / 1000, UTC)
    first = today - timedelta(days=(days or 1) - 1) if before is None else before.replace(tzinfo=UTC)
    return int(first.timestamp() * 1000) // DAY


def _open(uri: str) -> Lake:
    return open_lake(uri, secrets.token_hex(8))


def _table(lake: Lake) -> Table:
    table = Table("table", "files", "size", "first day", "last day")
    for name, amount in lake.amounts().items():
        days = [_date(day) for day in (amount.first_day, amount.last_day)]
        table.add_row(name, f"{amount.files:,}", decimal(amount.bytes), *days)
    return table


def _date(day: int | None) -> str:
    return "" if day is None else f"{datetime.fromtimestamp(day * DAY / 1000, UTC):%Y-%m-%d}"
