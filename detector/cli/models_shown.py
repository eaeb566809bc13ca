"""What a registry holds, for people to look at."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from detector.alert import timestamp
from detector.cli.compose import told_plainly
from detector.cli.show import printable, summary_table
from detector.registry.gating import objection, read_gate
from detector.registry.keys import trusted_key
from detector.registry.lineage import read_lineage
from detector.registry.packing import CARD, CARD_HTML
from detector.registry.registry import Registry
from detector.registry.verifying import verify

if TYPE_CHECKING:
    from detector.registry.entries import Entry
    from detector.registry.standing import Standing

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
        now = opened.standing()
        rows = [_row(opened, now, version, entry) for version, entry in now.added.items()]
    if as_json:
        typer.echo(json.dumps(rows, indent=1))
        return
    table = Table("version", "model", "role", "added", "gate", "why", box=None)
    for row in rows:
        gate = row["objection"] or "passed"
        why = Text(printable(str(row["why"])), overflow="fold")
        table.add_row(
            row["version"], row["model_id"], row["role"], timestamp(row["added"]), Text(printable(gate)), why
        )
    Console().print(table)


def show_command(registry: RegistryArgument, version: VersionArgument, as_json: JsonOption = False) -> None:
    """Show where a version comes from, what the gate said of it, and what was done with it.

    Example:
      stillwatch models show registry champion
    """
    with told_plainly():
        opened = Registry.open(registry, os.environ)
        name, past = opened.find(version), opened.history()
        folder = opened.checked(name)
        row = _row(opened, opened.standing(), name, opened.standing().added[name])
        lineage = msgspec.to_builtins(read_lineage(folder))
        gate = read_gate(folder)
    mine = [entry for entry in past if entry.version == name]
    if as_json:
        report = None if gate is None else msgspec.to_builtins(gate)
        entries = [msgspec.to_builtins(entry) for entry in mine]
        typer.echo(json.dumps(row | {"lineage": lineage, "gate": report, "history": entries}, indent=1))
        return
    console = Console()
    console.print(summary_table({**row, "added": timestamp(row["added"]), **_flat(lineage)}))
    for refusal in () if gate is None else gate.refusals:
        text = f"refused: {refusal.dimension} {refusal.name}: {refusal.why}"
        console.print(text, style="red", markup=False, highlight=False)
    console.print(_table(mine))


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


def _row(opened: Registry, now: Standing, version: str, entry: Entry) -> dict[str, Any]:
    champion = None if now.champion in {None, version} else now.added[str(now.champion)].model_id
    gate = read_gate(opened.folder_of(version))
    return {
        "version": version,
        "model_id": entry.model_id,
        "role": now.role(version),
        "added": entry.time,
        "objection": objection(gate, entry.model_id, champion),
        "why": entry.why,
    }


def _flat(lineage: dict[str, Any]) -> dict[str, object]:
    """Lineage in lines; settings are in the JSON."""
    plain = ("catalogue", "text_weights", "release", "code")
    learnt = {f"data {name}": str(value) for name, value in lineage["data"].items()}
    trained = {
        f"training {name}": str(value)
        for name, value in lineage["training"].items()
        if not isinstance(value, dict)
    }
    return {**learnt, **trained, **{name: lineage[name] for name in plain}}


def _table(entries: list[Entry]) -> Table:
    table = Table("number", "time", "who", "what", "version", "model", "why", box=None)
    for one in entries:
        why = one.why if not one.despite else f"{one.why} (despite: {one.despite})"
        table.add_row(
            str(one.number), timestamp(one.time), Text(printable(one.actor)), one.action, one.version,
            one.model_id, Text(printable(why), overflow="fold"),
        )  # fmt: skip
    return table
