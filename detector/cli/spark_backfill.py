"""`stillwatch spark backfill`: a replay of much history."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from secrets import token_hex
from shutil import rmtree
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from detector.cli.compose import (
    EXIT_BROKEN_OFF,
    EXIT_DEAD_LETTERS,
    CalibrationOption,
    FormatOption,
    LatenessOption,
    ModelOption,
    TickOption,
    set_up,
    told_plainly,
)
from detector.cli.replay import replay_to, report_to, warnings
from detector.cli.show import summary_table
from detector.cli.spark_options import MASTER, JarsOption, MasterOption, SettingsOption, spark_session
from detector.defaults import DEFAULT_MODEL

if TYPE_CHECKING:
    from collections.abc import Iterator

LogsArgument = Annotated[
    list[str],
    typer.Argument(help="Log files, at names that every executor knows: .jsonl, .zst, .gz, .parquet."),
]
StageOption = Annotated[
    Path | None,
    typer.Option(
        "--stage", help="Folder for sketched events, which executors write; emptied again. Default: --out's."
    ),
]


def backfill_command(
    events: LogsArgument,
    out: Annotated[Path, typer.Option("--out", help="Folder for the findings; made if missing.")],
    master: MasterOption = MASTER,
    stage: StageOption = None,
    jar: JarsOption = None,
    spark: SettingsOption = None,
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
) -> None:
    """Find what `stillwatch replay` finds in the same logs, with files decoded and sketched by executors.

    For example:

      stillwatch spark backfill /logs/2026-*.jsonl.zst --out findings --master spark://driver:7077
    """
    console = Console(stderr=True)
    with (
        told_plainly(),
        spark_session(master, "backfill", jar, spark) as session,
        stage_in(stage or out) as folder,
    ):
        from detector.spark.backfill import Backfill  # noqa: PLC0415 - the extra is there now

        setup = set_up(model, calibration, log_format, tick, lateness)
        job = Backfill.of(setup.replay, session, folder, keep_payload=keep_payloads)
        setup = replace(setup, replay=job)
        summary, outcome = replay_to(events, out, setup, console, keep_payloads=keep_payloads)
        if report:
            report_to(out, outcome, setup)
    console.print(summary_table(summary))
    for warning in warnings(outcome, setup):
        console.print(warning, style="yellow", markup=False, highlight=False)
    if outcome.errors:
        raise typer.Exit(EXIT_BROKEN_OFF)
    if strict and outcome.counts.dead_lettered:
        raise typer.Exit(EXIT_DEAD_LETTERS)


@contextmanager
def stage_in(parent: Path) -> Iterator[Path]:
    """A name in a folder that no other job has; whatever is there is removed in the end."""
    folder = parent.absolute() / f"stage-{token_hex(8)}"
    try:
        yield folder
    finally:
        rmtree(folder, ignore_errors=True)
