"""What a registry holds, for people to look at."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from detector.alert import timestamp
from detector.cli.compose import told_plainly
from detector.cli.show import printable, summary_table
from detector.console.desk.versions import lineage_lines, version_body, version_rows
from detector.registry.keys import trusted_key
from detector.registry.packing import CARD, CARD_HTML
from detector.registry.registry import Registry
from detector.registry.verifying import verify

if TYPE_CHECKING:
    from collections.abc import Iterable

    from detector.registry.entries import Entry

RegistryArgument = Annotated[Path, typer.Argument(metavar="REGISTRY", help="Folder of the registry.")]
VersionArgument = Annotated[
    str, typer.Argument(metavar="VERSION", help="A version, champion, challenger, or the id of a model.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]

EXIT_NOT_WHOLE = 1


def list_command(registry: RegistryArgument, as_json: JsonOption = False) -> None:
    """List the versions, their roles, and what the gate says of them now.

    Example:
      stillwatch models list registry
    """
    with told_plainly():
        opened = Registry.open(registry, os.environ)
        rows = version_rows(opened, opened.standing())
    if as_json:
        typer.echo(json.dumps(msgspec.to_builtins(rows), indent=1))
        return
    table = Table("version", "model", "role", "added", "gate", "why", box=None)
    for row in rows:
        gate, why = row.objection or "passed", Text(printable(row.why), overflow="fold")
        table.add_row(row.version, row.model_id, row.role, timestamp(row.added), Text(printable(gate)), why)
    Console().print(table)


def show_command(registry: RegistryArgument, version: VersionArgument, as_json: JsonOption = False) -> None:
    """Show where a version comes from, what the gate said of it, and what was done with it.

    Example:
      stillwatch models show registry champion
    """
    with told_plainly():
        opened = Registry.open(registry, os.environ)
        found = version_body(opened, opened.standing(), opened.find(version))
    told = msgspec.to_builtins(found)
    row = told.pop("version")
    if as_json:
        typer.echo(json.dumps(row | told, indent=1))
        return
    console = Console()
    console.print(summary_table({**row, "added": timestamp(row["added"]), **lineage_lines(found.lineage)}))
    for refusal in () if found.gate is None else found.gate.refusals:
        text = f"refused: {refusal.dimension} {refusal.name}: {refusal.why}"
        console.print(text, style="red", markup=False, highlight=False)
    console.print(_table(found.history))


def card_command(
    registry: RegistryArgument,
    version: VersionArgument = "champion",
    html: Annotated[
        bool, typer.Option("--html", help="The page with its plots, to be put into a file.")
    ] = False,
) -> None:
    """Print the card of a version.

    Example:
      stillwatch models card registry v2 --html > card.html
    """
    with told_plainly():
        opened = Registry.open(registry, os.environ)
        folder = opened.checked(opened.find(version))
        page = (folder / (CARD_HTML if html else CARD)).read_text(encoding="utf-8")
    typer.echo(page, nl=False)


def history_command(registry: RegistryArgument, as_json: JsonOption = False) -> None:
    """List who added, promoted and rolled back what, and why.

    Example:
      stillwatch models history registry
    """
    with told_plainly():
        past = Registry.open(registry, os.environ).history()
    if as_json:
        typer.echo(json.dumps([msgspec.to_builtins(entry) for entry in past], indent=1))
        return
    Console().print(_table(past))


def verify_command(
    registry: RegistryArgument,
    expect: Annotated[
        str,
        typer.Option("--expect", metavar="HEAD", help="A head that was printed before, and kept elsewhere."),
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Check every signature and every file; ends with 1 where something is missing, altered or made up.

    Example:
      stillwatch models verify registry --expect 12:9f86d081…
    """
    with told_plainly():
        found = verify(registry, trusted_key(registry, os.environ), expect)
    if as_json:
        typer.echo(json.dumps(asdict(found), indent=1))
    else:
        Console().print(
            summary_table({"entries": found.entries, "versions": found.versions, "head": found.head})
        )
        for fault in found.faults:
            Console(stderr=True).print(f"fault: {fault}", style="red", markup=False, highlight=False)
    if found.faults:
        raise typer.Exit(EXIT_NOT_WHOLE)


def _table(entries: Iterable[Entry]) -> Table:
    table = Table("number", "time", "who", "what", "version", "model", "why", box=None)
    for one in entries:
        why = one.why if not one.despite else f"{one.why} (despite: {one.despite})"
        table.add_row(
            str(one.number), timestamp(one.time), Text(printable(one.actor)), one.action, one.version,
            one.model_id, Text(printable(why), overflow="fold"),
        )  # fmt: skip
    return table
