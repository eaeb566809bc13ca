"""`stillwatch spark train-rows`: a training lake out of much history."""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.console import Console

from detector.cli.compose import (
    EXIT_BROKEN_OFF,
    FormatOption,
    LatenessOption,
    ModelOption,
    TickOption,
    set_up,
    told_plainly,
)
from detector.cli.lake_options import LakeEventsOption, with_lake
from detector.cli.show import follow, progress_bar, summary_table
from detector.cli.spark_backfill import LogsArgument, stage_in
from detector.cli.spark_options import MASTER, JarsOption, MasterOption, SettingsOption, spark_session
from detector.defaults import DEFAULT_MODEL
from detector.lake.replaying import RecordedReplay
from detector.reader import in_part
from streaming.dead_letters import DeadLetterCounts
from streaming.files import check_readable

if TYPE_CHECKING:
    from detector.spark.train_rows import Written

_STAGES: Final = Path(tempfile.gettempdir())


def train_rows_command(
    events: LogsArgument,
    lake: Annotated[
        str, typer.Option("--lake", metavar="URI", help="Training lake to write: a folder, or a URI.")
    ],
    lake_events: LakeEventsOption = False,
    master: MasterOption = MASTER,
    stage: Annotated[
        Path,
        typer.Option(
            "--stage",
            help="Folder for sketched events, which executors write; emptied again.",
            show_default="the temporary folder",
        ),
    ] = _STAGES,
    jar: JarsOption = None,
    spark: SettingsOption = None,
    model: ModelOption = DEFAULT_MODEL,
    log_format: FormatOption = None,
    tick: TickOption = 5.0,
    lateness: LatenessOption = 60.0,
) -> None:
    """Write the lake that `stillwatch replay --lake` writes of the same logs, for `stillwatch train --lake`.

    For example:

      stillwatch spark train-rows /logs/2026-*.jsonl.zst --lake /srv/stillwatch/lake
    """
    console = Console(stderr=True)
    with (
        told_plainly(),
        spark_session(master, "train-rows", jar, spark) as session,
        stage_in(stage) as folder,
        progress_bar(console) as bar,
    ):
        from detector.spark.train_rows import write_rows  # noqa: PLC0415 - the extra is there now

        for path in events:
            check_readable(path)
        setup = with_lake(set_up(model, None, log_format, tick, lateness), lake, events=lake_events)
        if not isinstance(setup.replay, RecordedReplay):
            raise TypeError("a replay with a lake records")
        letters = DeadLetterCounts()
        written = write_rows(session, events, setup.replay, folder, letters, follow(bar, None))
    console.print(summary_table(_summary(written, letters.counts) | {"lake": lake}))
    for error in written.errors:
        console.print(f"warning: {in_part(error, 'the lake')}", style="yellow", markup=False)
    if written.errors:
        raise typer.Exit(EXIT_BROKEN_OFF)


def _summary(written: Written, reasons: dict[str, int]) -> dict[str, Any]:
    return {
        **asdict(written.counts),
        "dead_letter_reasons": dict(sorted(reasons.items())),
        "accounts": written.accounts,
    }
