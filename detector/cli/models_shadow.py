"""`stillwatch models shadow`: what a challenger thinks beside the champion."""

from __future__ import annotations

from contextlib import closing
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from detector.alert import timestamp
from detector.cli.compose import told_plainly
from detector.cli.store_options import DEFAULT_STORE, StoreOption, ready_store
from detector.registry.disagreement import disagreements
from detector.store.opening import open_database


def shadow_command(
    store: StoreOption = DEFAULT_STORE,
    days: Annotated[int, typer.Option("--days", min=1, help="So many at most.")] = 14,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Show day by day where champion and challenger agree, as `stillwatch run --challenger` counted it.

    An account counts each time that it was scored.

    Example:
      stillwatch models shadow --store sqlite:///stillwatch.db
    """
    with told_plainly():
        ready_store(store)
        with closing(open_database(store)) as database:
            found = disagreements(database, days)
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(found), indent=1))
        return
    head = ("day", "challenger", "scored", "both alert", "champion alone", "challenger alone", "difference")
    table = Table(*head, box=None)
    for one in found:
        table.add_row(
            timestamp(one.day)[:10], one.model_id, f"{one.scored:,}", f"{one.both:,}", f"{one.champion:,}",
            f"{one.challenger:,}", f"{one.difference:.3f}",
        )  # fmt: skip
    Console().print(
        table if found else "no challenger was scored; start one with `stillwatch run --challenger`"
    )
