"""`stillwatch fields`: how much of what Stillwatch can use a log says, and how to have more."""

from __future__ import annotations

import os
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from detector.cli.compose import AHEAD, FormatOption, check_format, told_plainly
from detector.cli.show import printable
from detector.compose import Intake
from detector.defaults import DEFAULT_MODEL, KEY_VARIABLE
from detector.telemetry.presence import FIELDS, fields_logged
from features.adapters import FormatError, detect_format, make_adapter
from features.adapters.advice import advice
from features.text.purposes import PurposeWeights
from streaming.files import open_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from detector.reader import ReadSettings
    from features.batch import Decoded
    from streaming.source import Block

_SAMPLE: Final = 1024
_COMPLAINTS: Final = 10
_ENOUGH: Final = 0.9
"""Share of the events from which on a field needs no advice."""


@dataclass(slots=True)
class Health:
    """What the logs of one format say, summed up."""

    events: int = 0
    rejected: Counter[tuple[str, str]] = field(default_factory=Counter)
    """dead letters by reason and what was said of them, which quotes no content"""
    have: Counter[str] = field(default_factory=Counter)
    lack: Counter[str] = field(default_factory=Counter)

    def add(self, decoded: Decoded) -> None:
        """Count a decoded block."""
        self.events += len(decoded.batch.rows)
        for one in decoded.rejected:
            self.rejected[one.reason, one.detail] += 1
        for name, logged in fields_logged(decoded).items():
            self.have[name] += logged.yes
            self.lack[name] += logged.no

    def reasons(self) -> dict[str, int]:
        """Dead letters by reason."""
        found: Counter[str] = Counter()
        for (reason, _), count in self.rejected.items():
            found[reason] += count
        return dict(sorted(found.items()))

    def share(self, name: str) -> float:
        """Part of the events that have a field, 0 to 1; 0 where there are none."""
        total = self.have[name] + self.lack[name]
        return self.have[name] / total if total else 0.0


def fields_command(
    events: Annotated[
        list[str], typer.Argument(help="Log files: .jsonl, .zst, .gz, .parquet, or - for stdin.")
    ],
    log_format: FormatOption = None,
    most: Annotated[
        int, typer.Option("--most", min=1, help="Records of each file to look at, about.")
    ] = 1_000_000,
    as_json: Annotated[bool, typer.Option("--json", help="Print the shares as JSON.")] = False,
) -> None:
    """Show the share of events that have an account, an address, content, parameters and so on.

    What is missing is lost to every feature; beside it stands how the log's format can carry it.

    Example:
      stillwatch fields gateway.jsonl.zst
    """
    with told_plainly():
        if log_format is not None:
            check_format(log_format)
        weights = PurposeWeights.load(DEFAULT_MODEL / "text")
        latest = datetime.now(UTC) + AHEAD
        reading = Intake.of(weights, os.environ.get(KEY_VARIABLE), latest, log_format).reading
        found = examine(events, reading, most)
    if as_json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(_told(found)), indent=2) + b"\n")
        return
    console = Console()
    for name, health in found.items():
        _show(console, name, health)


def examine(paths: Sequence[str], reading: ReadSettings, most: int) -> dict[str, Health]:
    """The health of some files by format; raises `SourceError`, and `FormatError` for one of none."""
    found: dict[str, Health] = {}
    for path in paths:
        blocks = iter(open_source([path]).blocks())
        first = next(blocks, None)
        if first is None:
            continue
        name = reading.format or _format_of(first)
        adapter = make_adapter(name, reading.key, account_from=reading.account_from, edge=reading.edge)
        for block in _up_to(chain([first], blocks), most):
            found.setdefault(name, Health()).add(adapter.decode(block.records, reading.latest))
    return found


def _format_of(block: Block) -> str:
    try:
        return detect_format(block.records[:_SAMPLE])
    except FormatError as error:
        raise FormatError(f"{block.origin}: {error}") from None


def _up_to(blocks: Iterable[Block], most: int) -> Iterator[Block]:
    read = 0
    for block in blocks:
        yield block
        read += len(block.records)
        if read >= most:
            return


def _told(found: dict[str, Health]) -> dict[str, Any]:
    return {
        name: {
            "events": health.events,
            "dead_letters": health.reasons(),
            "shares": {field: round(health.share(field), 6) for field in FIELDS},
        }
        for name, health in found.items()
    }


def _show(console: Console, name: str, health: Health) -> None:
    console.print(f"{name}: {health.events:,} events", style="bold", highlight=False)
    for (reason, detail), count in health.rejected.most_common(_COMPLAINTS):
        said = printable(f"{count:,} dead letters, {reason}: {detail}")
        console.print(Text(said), style="yellow")
    table = Table(box=None, pad_edge=False)
    table.add_column("field")
    table.add_column("events", justify="right")
    table.add_column("share", justify="right")
    table.add_column("to have more", overflow="fold")
    for each in FIELDS:
        share = health.share(each)
        table.add_row(
            each,
            f"{health.have[each]:,}",
            f"{share:.1%}",
            advice(name, each) if share < _ENOUGH else "",
            style="" if share >= _ENOUGH else "yellow",
        )
    console.print(table)
