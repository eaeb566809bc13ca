"""`stillwatch replay`: logs in, findings out."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from detector.cli.compose import (
    EXIT_BROKEN_OFF,
    EXIT_DEAD_LETTERS,
    CalibrationOption,
    FormatOption,
    LatenessOption,
    ModelOption,
    Setup,
    TickOption,
    set_up,
    told_plainly,
)
from detector.cli.lake_options import LakeEventsOption, LakeOption, with_lake
from detector.cli.show import follow, progress_bar, summary_table
from detector.defaults import DEFAULT_MODEL
from detector.engine import Model
from detector.outputs import ALERTS, DEAD_LETTERS, AlertFile, write_summary, write_tables
from detector.reader import in_part
from detector.report.findings import Findings
from detector.report.page import REPORT, write_report
from streaming.dead_letters import DeadLetterFile
from streaming.files import check_readable, total_size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detector.replay import Outcome

_DEAD_LETTER_LIMIT = 100_000
_LATE_SHARE = 0.01
_MAKING = ".replay-"
"""Begins the name of the folder in which findings are made."""


def replay_command(
    events: Annotated[
        list[str], typer.Argument(help="Log files: .jsonl, .zst, .gz, .parquet, or - for stdin.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder for the findings; made if missing.")],
    model: ModelOption = DEFAULT_MODEL,
    calibration: CalibrationOption = None,
    log_format: FormatOption = None,
    tick: TickOption = 5.0,
    lateness: LatenessOption = 60.0,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 if a record was dead-lettered.")
    ] = False,
    keep_payloads: Annotated[
        bool,
        typer.Option("--keep-payloads", help="Keep rejected records in the dead letters; they hold prompts."),
    ] = False,
    report: Annotated[bool, typer.Option("--report", help="Write report.html into the folder, too.")] = False,
    lake: LakeOption = None,
    lake_events: LakeEventsOption = False,
) -> None:
    """Score every account of some logs and write the alerts that the live service would have raised.

    Examples:
      stillwatch replay events.jsonl.zst --out findings

      zcat logs/*.gz | stillwatch replay - --out findings --strict
    """
    console = Console(stderr=True)
    with told_plainly():
        setup = with_lake(set_up(model, calibration, log_format, tick, lateness), lake, events=lake_events)
        summary, outcome = replay_to(events, out, setup, console, keep_payloads=keep_payloads)
        if report:
            summary |= {"report": str(report_to(out, outcome, setup))}
    console.print(summary_table(summary))
    for warning in warnings(outcome, setup):
        console.print(warning, style="yellow", markup=False, highlight=False)
    if outcome.errors:
        raise typer.Exit(EXIT_BROKEN_OFF)
    if strict and outcome.counts.dead_lettered:
        raise typer.Exit(EXIT_DEAD_LETTERS)


def replay_to(
    events: Sequence[str], out: Path, setup: Setup, console: Console, *, keep_payloads: bool = False
) -> tuple[dict[str, Any], Outcome]:
    """Replay `events` into the folder `out`, with a progress bar on `console`."""
    # Neither a mistyped name nor a file of no known format must cost the findings of an earlier replay.
    for path in events:
        check_readable(path)
    out.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    # One that was killed leaves what it had, prompts among the dead letters included.
    for left in out.glob(f"{_MAKING}*"):
        rmtree(left)
    with TemporaryDirectory(dir=out, prefix=_MAKING) as name:
        made = Path(name)
        letters = DeadLetterFile(made / DEAD_LETTERS, keep_payload=keep_payloads, limit=_DEAD_LETTER_LIMIT)
        with letters, (made / ALERTS).open("w", encoding="utf-8") as file, progress_bar(console) as bar:
            run = setup.replay.run
            outcome = run(events, letters, AlertFile(file).write, follow(bar, total_size(events)))
        _put(made, out)
    artefact = setup.artefact
    write_tables(out, outcome, Model.of(artefact), artefact.anomaly, outcome.grouping)
    summary = summarise(outcome, setup, dict(letters.counts))
    write_summary(out, summary)
    return summary | {"seconds": f"{time.perf_counter() - started:.1f}", "findings": str(out)}, outcome


def _put(made: Path, out: Path) -> None:
    """In the place of an earlier replay's."""
    (out / DEAD_LETTERS).unlink(missing_ok=True)
    for path in made.iterdir():
        path.replace(out / path.name)


def report_to(out: Path, outcome: Outcome, setup: Setup) -> Path:
    """Write the HTML report of a replay into its folder; its path."""
    path = out / REPORT
    write_report(path, Findings.read(out), setup.artefact, outcome.traffic, setup.policy.raise_at)
    return path


def summarise(outcome: Outcome, setup: Setup, reasons: dict[str, int]) -> dict[str, Any]:
    """What happened, without times, so that two replays of one log write the same."""
    verdicts, grouping = outcome.engine.verdicts, outcome.grouping
    ever = (verdicts["first_alert"] > 0) | (grouping.cover(len(verdicts)) > 0)
    return {
        **asdict(outcome.counts),
        "dead_letter_reasons": dict(sorted(reasons.items())),
        "accounts": len(verdicts),
        "accounts_alerted": int(verdicts["open"].sum()),
        "accounts_ever_alerted": int(ever.sum()),
        "campaigns": sum(one.status == "open" for one in grouping.campaigns),
        "model": setup.artefact.model_id,
        "thresholds": setup.policy.source,
        "mode": "shadow" if setup.policy.shadow else "calibrated",
    }


def warnings(outcome: Outcome, setup: Setup) -> list[str]:
    """What the user should know beside the figures."""
    said = [f"warning: {in_part(error, 'the findings')}" for error in outcome.errors]
    counts = outcome.counts
    if counts.late > _LATE_SHARE * max(counts.read, 1):
        said.append(
            f"warning: {counts.late:,} events came too late to count; is the log ordered by time? "
            "Sort it, or raise --lateness."
        )
    if not counts.read and not outcome.errors:
        said.append("warning: there was no record to read")
    elif counts.dead_lettered and not counts.accepted:
        said.append(f"warning: none of {counts.read:,} records was accepted; {DEAD_LETTERS} says why of each")
    if setup.policy.shadow:
        said.append(
            "shadow: these thresholds come from synthetic traffic. "
            "Run `stillwatch calibrate` on your own before acting on an alert."
        )
    return said
