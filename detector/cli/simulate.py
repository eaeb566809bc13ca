"""`stillwatch simulate`: a labelled world on disk."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from detector.cli.audit import show_audit
from detector.cli.compose import told_plainly
from detector.truth import WorldError
from streaming.simulator.archetype import all_archetypes
from streaming.simulator.checks import PlanError
from streaming.simulator.corpus import Corpus
from streaming.simulator.family import Effort, all_families
from streaming.simulator.plan import START, Campaign, WorldPlan
from streaming.simulator.requests import DAY
from streaming.simulator.simulate import Simulated, simulate
from streaming.simulator.writer import Format

_INTEGERS: Final = ("accounts", "exchanges", "wordings")
_EVERY: Final = "every"
_PUBLISHED: Final = "reference"
"""The published campaign at full size, by far the largest: never among `every`."""


def simulate_command(
    out: Annotated[Path | None, typer.Option(help="folder of the world; made if need be")] = None,
    seed: Annotated[int, typer.Option(min=0, help="the same seed and options give the same bytes")] = 1,
    accounts: Annotated[int, typer.Option(min=1, help="honest accounts")] = 5_000,
    days: Annotated[int, typer.Option(min=1, max=400)] = 10,
    events: Annotated[
        int | None, typer.Option(min=1, help="requests in all, about; default: as they come")
    ] = None,
    campaign: Annotated[
        list[str] | None,
        typer.Option(
            help="a family, `family:scale=0.5` or `family:accounts=20,exchanges=5000,cover=0.3`; `every` "
            "is all but `reference`, the published campaign at full size: name that one too, with a scale of "
            "its own, `reference:scale=0.003`"
        ),
    ] = None,
    pools: Annotated[int, typer.Option(min=0, help="resale pools without a campaign")] = 2,
    archetype: Annotated[list[str] | None, typer.Option(help="weight of an archetype: `chat=0.5`")] = None,
    corpora: Annotated[
        Path | None, typer.Option(help="folder of real prompts and traces; default: built in")
    ] = None,
    skip: Annotated[list[str] | None, typer.Option(help="sources of prompts to leave out")] = None,
    log_format: Annotated[
        Format, typer.Option("--format", help="litellm: StandardLoggingPayload; several times slower")
    ] = "canonical",
    start: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"])] = START,
    check: Annotated[
        list[Path] | None,
        typer.Option(
            help="audit worlds made with this --seed or --corpora instead; canonical, may be repeated"
        ),
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="show archetypes and families")] = False,
) -> None:
    """Write a labelled world: a log in canonical form, and the truth about its events and accounts.

    For example `stillwatch simulate --out world --accounts 2000 --campaign every`, or
    `stillwatch simulate --out world --campaign low_and_slow:accounts=300,exchanges=4000`. With --check it
    looks for what gives labels away in worlds that are there; it takes several campaigns of each family.
    """
    console = Console()
    if list_:
        console.print(_archetypes(), _families())
        return
    with told_plainly():
        if check:
            show_audit(check, Corpus.read(corpora, seed), seed, console)
            return
        if out is None:
            raise WorldError("--out: missing; name a folder for the world, or ask for --list")
        plan = WorldPlan(
            seed=seed, honest=accounts, days=days, campaigns=_campaigns(campaign or []), pools=pools,
            events=events, weights=_weights(archetype or []), start=start.replace(tzinfo=UTC),
            corpora=corpora, skip=frozenset(skip or ()),
        )  # fmt: skip
        try:
            done = _simulate(plan, out, log_format, console)
        except PlanError as error:
            raise WorldError(str(error)) from error
        console.print(f"{done.events:,} events of {done.accounts:,} accounts, synthetic, in {out}")


def _simulate(plan: WorldPlan, out: Path, log_format: Format, console: Console) -> Simulated:
    start = plan.start.timestamp() * 1000
    columns = (
        TextColumn("simulate"),
        BarColumn(),
        TextColumn("{task.fields[events]:,} events"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bars:
        bar = bars.add_task("simulate", total=plan.days * DAY, events=0)
        return simulate(
            plan,
            out,
            lambda done: bars.update(bar, completed=done.until - start, events=done.events),
            log_format,
        )


def _campaigns(asked: list[str]) -> tuple[Campaign, ...]:
    found: list[Campaign] = []
    for text in asked:
        name, _, options = text.partition(":")
        values = _values(f"--campaign {text}", options)
        names = [family for family in all_families() if family != _PUBLISHED] if name == _EVERY else [name]
        found += [_campaign(text, family, values) for family in names]
    return tuple(found)


def _campaign(text: str, family: str, values: dict[str, float]) -> Campaign:
    if set(values) <= {"scale"}:
        return Campaign(family, scale=values.get("scale", 1.0))
    if unknown := set(values) - {field.name for field in fields(Effort)}:
        raise WorldError(
            f"--campaign {text}: knows no {', '.join(sorted(unknown))}; see stillwatch simulate --help"
        )
    if not {"accounts", "exchanges"} <= set(values):
        raise WorldError(f"--campaign {text}: give both accounts= and exchanges=, or only scale=")
    if broken := [name for name in _INTEGERS if not values.get(name, 1.0).is_integer()]:
        raise WorldError(f"--campaign {text}: {broken[0]} is no whole number; write {broken[0]}=20")
    whole: dict[str, Any] = {
        name: int(value) if name in _INTEGERS else value for name, value in values.items()
    }
    return Campaign(family, Effort(**whole))


def _weights(asked: list[str]) -> dict[str, float]:
    return {name: value for text in asked for name, value in _values(f"--archetype {text}", text).items()}


def _values(text: str, options: str) -> dict[str, float]:
    """`a=1,b=0.5` as numbers."""
    found = {}
    for option in filter(None, options.split(",")):
        name, _, value = option.partition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            raise WorldError(f"{text}: {option!r} is no name=number; write {name or 'name'}=1") from None
    return found


def _archetypes() -> Table:
    table = Table("archetype", "weight", title="honest accounts")
    for archetype in all_archetypes():
        table.add_row(archetype.name, f"{archetype.weight:g}")
    return table


def _families() -> Table:
    table = Table("family", "what it does", title="campaigns")
    for family in all_families().values():
        table.add_row(family.name, family.about)
    return table
