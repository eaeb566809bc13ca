"""`stillwatch dead-letters`: what could not be read, and why."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from detector.alert import timestamp
from detector.cli.compose import told_plainly
from detector.cli.redrive import AfterOption, ReasonOption, redrive_command
from detector.cli.show import printable
from detector.cli.store_options import DEFAULT_STORE, StoreOption
from detector.store.opening import open_store
from features.adapters import REASONS
from streaming.dead_letters import DeadLetter, letter_fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from detector.store.intake import StoredLetter

JsonOption = Annotated[bool, typer.Option("--json", help="Print as JSON instead.")]


def make_dead_letters_app() -> typer.Typer:
    """The group of commands."""
    app = typer.Typer(
        no_args_is_help=True, rich_markup_mode=None, help="Look at records that could not become events."
    )
    app.command("list")(list_command)
    app.command("counts")(counts_command)
    app.command("redrive")(redrive_command)
    return app


def list_command(
    store: StoreOption = DEFAULT_STORE,
    reason: ReasonOption = None,
    after: AfterOption = 0,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many at most.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List dead letters: where each was, and what was wrong with which field. No record is shown.

    For example:

      stillwatch dead-letters list --reason not_json --limit 10
    """
    with told_plainly(), closing(open_store(store)) as opened:
        found = opened.letters(after, limit, reason)
    if as_json:
        for letter in found:
            typer.echo(msgspec.json.encode(_fields(letter)).decode())
        return
    if not found:
        typer.echo("no dead letters")
        return
    Console().print(_table(found))
    if len(found) == limit:
        typer.echo(f"there may be more: --after {found[-1].number}")


def counts_command(store: StoreOption = DEFAULT_STORE, as_json: JsonOption = False) -> None:
    """Count the dead letters that are kept, by reason.

    For example:

      stillwatch dead-letters counts
    """
    with told_plainly(), closing(open_store(store)) as opened:
        counts = opened.letter_counts()
    if as_json:
        typer.echo(msgspec.json.encode(counts).decode())
        return
    if not counts:
        typer.echo("no dead letters")
        return
    Console().print(_count_table(counts))


def _count_table(counts: Mapping[str, int]) -> Table:
    table = Table(title="Dead letters", title_justify="left")
    table.add_column("reason", no_wrap=True)
    table.add_column("kept", justify="right", no_wrap=True)
    table.add_column("what it means")
    for reason, kept in counts.items():
        table.add_row(reason, f"{kept:,}", REASONS.get(reason, ""))
    return table


def _table(letters: Iterable[StoredLetter]) -> Table:
    table = Table(title="Dead letters", title_justify="left")
    table.add_column("number", justify="right", no_wrap=True)
    for name in ("time (UTC)", "record", "reason; what was wrong", "kept"):
        table.add_column(name)
    for one in letters:
        letter = one.letter
        kept = "no" if letter.payload is None else "yes"
        table.add_row(
            str(one.number),
            timestamp(one.time)[:16].replace("T", " "),
            Text(printable(f"{one.origin}@{letter.position}")),
            Text(printable(f"{letter.reason}; {letter.detail}")),
            kept if one.redriven is None else "sent again",
        )
    return table


def _fields(stored: StoredLetter) -> dict[str, object]:
    kept = stored.letter
    letter = DeadLetter(stored.origin, kept.position, kept.reason, kept.detail)
    fields = letter_fields(letter, keep_payload=False)
    del fields["payload"]
    again = None if stored.redriven is None else timestamp(stored.redriven)
    return {
        "number": stored.number,
        "time": timestamp(stored.time),
        **fields,
        "kept": kept.payload is not None,
        "redriven": again,
    }
