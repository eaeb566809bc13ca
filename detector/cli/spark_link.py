"""`stillwatch spark link`: alerted accounts into campaigns, over logs of any size."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from detector.cli.compose import FormatOption, ModelOption, TickOption, set_up, told_plainly
from detector.cli.show import summary_table
from detector.cli.spark_backfill import LogsArgument, StageOption, stage_in
from detector.cli.spark_options import MASTER, JarsOption, MasterOption, SettingsOption, spark_session
from detector.defaults import DEFAULT_MODEL
from detector.reader import in_part, unread
from streaming.source import SourceError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def link_command(
    events: LogsArgument,
    out: Annotated[Path, typer.Option("--out", help="Folder for the groups; made if missing.")],
    alerted: Annotated[
        Path, typer.Option("--alerted", help="accounts.parquet of a replay or a backfill: who may be linked.")
    ],
    words: Annotated[
        Path | None,
        typer.Option(
            "--words", help="links.parquet: words held to be suspicious. Default: mostly alerted accounts'."
        ),
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--until", help="Leave out what became known later (UTC).")
    ] = None,
    master: MasterOption = MASTER,
    stage: StageOption = None,
    jar: JarsOption = None,
    spark: SettingsOption = None,
    model: ModelOption = DEFAULT_MODEL,
    log_format: FormatOption = None,
    tick: TickOption = 5.0,
) -> None:
    """Link alerted accounts into groups by what they showed in the last fortnight of some logs.

    For example:

      stillwatch spark link /logs/2026-*.jsonl.zst --alerted findings/accounts.parquet --out groups
    """
    console = Console(stderr=True)
    with (
        told_plainly(),
        spark_session(master, "link", jar, spark) as session,
        stage_in(stage or out) as folder,
    ):
        # The extra is there now.
        from detector.compose import Intake  # noqa: PLC0415
        from detector.spark.link import Linking, link  # noqa: PLC0415
        from detector.spark.link_found import Alerted, read_words, write_found  # noqa: PLC0415
        from detector.spark.stage import log_files, write_stage  # noqa: PLC0415

        replay = set_up(model, None, log_format, tick).replay
        intake = Intake(replay.kernel, replay.reading)
        linked = Alerted.read(alerted, replay.reading.key)
        flagged = None if words is None else read_words(words)
        out.mkdir(parents=True, exist_ok=True)
        write_stage(session, log_files(events), intake, folder)
        frames = session.read.parquet(folder.as_uri())
        broken = _told(frames)
        end = None if until is None else int(until.replace(tzinfo=UTC).timestamp() * 1000)
        found = link(frames, linked.hashes, flagged, Linking.of(intake, replay.admission.tick, end))
        campaigns = write_found(out, found, linked)
    for one in broken:
        console.print(f"warning: {in_part(one, 'the groups')}", style="yellow", markup=False)
    said = {"accounts": found.accounts, "alerted": len(linked.hashes), "linked": found.members.num_rows}
    console.print(summary_table(said | {"campaigns": campaigns, "rounds": found.rounds, "groups": str(out)}))


def _told(frames: DataFrame) -> list[SourceError]:
    """What is known of files that broke off, or are of no known format; raises as `unread`."""
    told = frames.where("refused is not null or broken is not null").orderBy("file")
    rows = told.select("refused", "broken").collect()
    refused = [row["refused"] for row in rows if row["refused"] is not None]
    is_any = len(refused) < len(rows) or not frames.where("lines > 0").isEmpty()
    broken = [SourceError(row["broken"]) for row in rows if row["broken"] is not None]
    return [*broken, *unread(refused, is_any=is_any)]
