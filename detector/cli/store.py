"""`stillwatch store`: the schema, what is stored, copies of it, and partitions that are gone."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.filesize import decimal
from rich.table import Table
from rich.text import Text

from detector.alert import timestamp
from detector.cli.compose import TickOption, told_plainly
from detector.cli.show import printable
from detector.cli.store_backup import backup_command
from detector.cli.store_options import DEFAULT_STORE, StoreOption
from detector.ops.amounts import duration
from detector.store.opening import open_store, upgrade
from detector.store.retention import Retention
from detector.stream.clock import SystemClock
from detector.stream.pages import stored_at

if TYPE_CHECKING:
    from detector.store.checkpoints import Checkpoint
    from detector.store.findings import Leadership
    from detector.store.inventory import Inventory


def make_store_app() -> typer.Typer:
    """The group of commands."""
    app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Look after the store.")
    app.command("upgrade")(upgrade_command)
    app.command("info")(info_command)
    app.command("backup")(backup_command)
    app.command("retire")(retire_command)
    return app


def upgrade_command(store: StoreOption = DEFAULT_STORE) -> None:
    """Make the store, or bring its schema up to date; what is stored stays.

    Stop older processes first: they refuse a newer schema. `stillwatch run` and `serve` do this by themselves
    for a file, and never for a server.

    For example:

      stillwatch store upgrade --store postgresql://stillwatch@db/stillwatch
    """
    with told_plainly():
        upgrade(store)
        with closing(open_store(store)) as opened:
            typer.echo(f"the store has schema {opened.inventory().schema}, which is the latest")


def info_command(store: StoreOption = DEFAULT_STORE, tick: TickOption = 5.0) -> None:
    """Say what is stored, how much room it takes, and for how long it stays.

    For example:

      stillwatch store info --store sqlite:///stillwatch.db
    """
    with told_plainly(), closing(open_store(store)) as opened:
        found, lead, checkpoint = opened.inventory(), opened.leadership(), opened.load_checkpoint()
    facts = {"schema": found.schema, "size": decimal(found.bytes), "rows": _rows(found)}
    facts |= _progress(found, lead, round(tick * 60_000)) | _stored(checkpoint, SystemClock().now())
    Console().print(_table(facts | _retention()))


def retire_command(
    origins: Annotated[list[str], typer.Argument(help="Partitions, as topic/number.")],
    store: StoreOption = DEFAULT_STORE,
) -> None:
    """Let ticks close without partitions that no longer exist.

    Whoever still reads them is fenced off. A partition that comes back goes on where it was.

    For example:

      stillwatch store retire llm.usage/7
    """
    with told_plainly(), closing(open_store(store)) as opened:
        known = {one.origin for one in opened.partitions()}
        if unknown := sorted(set(origins) - known):
            raise typer.BadParameter(f"the store knows no partition {', '.join(unknown)}; give topic/number")
        opened.retire(origins)
    typer.echo(f"ticks close without {', '.join(sorted(set(origins)))}")


def _progress(found: Inventory, lead: Leadership, tick: int) -> dict[str, str]:
    ends = {"closed up to": lead.closed, "concluded up to": lead.concluded, "checkpoint of": lead.checkpoint}
    told = {name: "nothing yet" if at is None else timestamp(at * tick) for name, at in ends.items()}
    if lead.checkpoint is not None and lead.concluded is not None:
        told["checkpoint behind"] = f"{duration((lead.concluded - lead.checkpoint) * tick)} of event time"
    return told | {"events in frames": f"{found.waiting:,}", "leader": lead.owner or "nobody"}


def _stored(checkpoint: Checkpoint | None, now: int) -> dict[str, str]:
    """By the wall clock: event time stands still while nothing arrives."""
    at = None if checkpoint is None else stored_at(checkpoint.manifest)
    return {} if at is None else {"checkpoint made": f"{timestamp(at)}, {duration(now - at)} ago"}


def _retention() -> dict[str, str]:
    kept = Retention()
    names = ("alerts", "verdict_history", "letters", "seen")
    return {"kept": ", ".join(f"{name} {duration(getattr(kept, name))}" for name in names)}


def _rows(found: Inventory) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in found.rows.items())


def _table(facts: dict[str, str]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, said in facts.items():
        table.add_row(name, Text(printable(said)))
    return table
