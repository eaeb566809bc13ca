"""`stillwatch exports`: where findings go, and what became of each."""

from __future__ import annotations

import os
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from detector.alert import timestamp
from detector.cli.compose import EXIT_ERROR, told_plainly
from detector.cli.show import printable
from detector.cli.store_options import DEFAULT_STORE, StoreOption, ready_store
from detector.exports.assembly import make_product, make_ways
from detector.exports.errors import ExportError
from detector.exports.example import example
from detector.exports.outbox.deliveries import Deliveries
from detector.exports.sending.outcome import Parcel
from detector.exports.sending.rendering import rendered
from detector.exports.sinks.registry import Sinks
from detector.exports.sinks.settings import make_sink, shown
from detector.exports.sinks.sink import SINK_KINDS
from detector.store.opening import open_database
from detector.stream.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detector.store.database import Database

NameArgument = Annotated[str, typer.Argument(help="As `stillwatch exports list` shows it.")]


@contextmanager
def exporting(store: str) -> Iterator[Database]:
    """The store's database, with errors told plainly."""
    with told_plainly():
        try:
            ready_store(store)
            with closing(open_database(store)) as database:
                yield database
        except ExportError as error:
            Console(stderr=True).print(f"error: {error}", style="bold red", markup=False, highlight=False)
            raise typer.Exit(EXIT_ERROR) from None


def make_exports_app() -> typer.Typer:
    """The group of commands."""
    app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Send findings to other systems.")
    app.command("add")(add_command)
    app.command("list")(list_command)
    app.command("test")(try_command)
    app.command("remove")(remove_command)
    app.command("deliveries")(deliveries_command)
    app.command("retry")(retry_command)
    return app


def add_command(
    kind: Annotated[str, typer.Argument(help=f"One of {', '.join(SINK_KINDS)}.")],
    name: Annotated[str, typer.Option("--name", help="What to call it; it stays its own for good.")],
    settings: Annotated[
        list[str], typer.Option("--set", metavar="KEY=VALUE", help="A setting; may be given again.")
    ],
    store: StoreOption = DEFAULT_STORE,
) -> None:
    """Send findings somewhere from now on. Secrets are named, not given: env:STILLWATCH_EXPORT_… or file:/….

    For example:

      stillwatch exports add webhook --name soc --set url=https://soc.example.com/hook
      --set secret=env:STILLWATCH_EXPORT_SOC --set severity=4
    """
    with exporting(store) as database:
        Sinks(database).add(make_sink(name, kind, _settings(settings), SystemClock().now()))
    typer.echo(f"findings go to {name} from now on; try it with `stillwatch exports test {name}`")


def list_command(store: StoreOption = DEFAULT_STORE) -> None:
    """List where findings go, and how many are on their way.

    For example:

      stillwatch exports list
    """
    table = Table("name", "kind", "settings", "waiting", "failed", "done", box=None)
    with exporting(store) as database:
        counts = Deliveries(database).counts()
        for sink in Sinks(database).all():
            said = " ".join(f"{key}={value}" for key, value in shown(sink).items())
            numbers = [f"{counts.get((sink.name, one), 0):,}" for one in ("waiting", "failed", "done")]
            table.add_row(sink.name, sink.kind, Text(printable(said), overflow="fold"), *numbers)
    Console().print(table)


def try_command(name: NameArgument, store: StoreOption = DEFAULT_STORE) -> None:
    """Send a made-up finding to a sink, at once and once; ends with 2 if it does not get there.

    For example:

      stillwatch exports test soc
    """
    now = SystemClock().now()
    with exporting(store) as database:
        sink = Sinks(database).sink(name)
        parcel = Parcel(f"{name}.test.{now}", rendered(sink, example(make_product(os.environ), now)))
        outcome = make_ways(os.environ).to(sink).send(parcel, now)
        if outcome.result != "sent":
            raise ExportError(f"sink {name}: {outcome.error}")
    typer.echo(f"sink {name} took it")


def remove_command(name: NameArgument, store: StoreOption = DEFAULT_STORE) -> None:
    """Send nothing to a sink any more; what waits for it fails.

    For example:

      stillwatch exports remove soc
    """
    with exporting(store) as database:
        Sinks(database).end(name, SystemClock().now())
    typer.echo(f"nothing goes to {name} any more")


def deliveries_command(
    sink: Annotated[str | None, typer.Option("--sink", help="Only those to this one.")] = None,
    failed: Annotated[bool, typer.Option("--failed", help="Only those that failed.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="So many at most.")] = 50,
    store: StoreOption = DEFAULT_STORE,
) -> None:
    """List deliveries, the latest first: what was tried, how often, and what went wrong.

    For example:

      stillwatch exports deliveries --failed
    """
    table = Table("number", "sink", "about", "status", "tries", "next or done", "error", box=None)
    status = "failed" if failed else None
    with exporting(store) as database:
        for one in Deliveries(database).list(sink=sink, status=status, limit=limit):
            when = timestamp(one.done if one.done is not None else one.due)
            about = f"{one.object_kind} {one.object_id} revision {one.revision}"
            error = Text(printable(one.error or ""), overflow="fold")
            number, tries = str(one.number), str(one.attempts)
            table.add_row(number, one.sink, Text(printable(about)), one.status, tries, when, error)
    Console().print(table)


def retry_command(
    numbers: Annotated[
        list[int] | None, typer.Argument(help="As `stillwatch exports deliveries` shows them.")
    ] = None,
    sink: Annotated[str | None, typer.Option("--sink", help="All that failed to this one.")] = None,
    store: StoreOption = DEFAULT_STORE,
) -> None:
    """Try failed deliveries again, for three days more.

    For example:

      stillwatch exports retry --sink soc
    """
    with exporting(store) as database:
        again = Deliveries(database).retry(SystemClock().now(), numbers or (), sink)
    typer.echo(f"{again:,} deliveries are tried again")


def _settings(given: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in given:
        key, equals, value = one.partition("=")
        if not equals or key in found:
            raise ExportError("--set: write KEY=VALUE, each key once")
        found[key] = value
    return found
