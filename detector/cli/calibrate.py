"""`stillwatch calibrate`: thresholds from the operator's own traffic."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import numpy as np
import typer
from rich.console import Console

from detector.cli.compose import FormatOption, LatenessOption, ModelOption, TickOption, set_up, told_plainly
from detector.cli.show import follow, progress_bar, summary_table
from detector.defaults import DEFAULT_MODEL
from detector.reader import need_whole
from detector.thresholds import LOWEST, calibrate
from streaming.dead_letters import DeadLetterCounts
from streaming.files import total_size

_QUIET: Final = (
    f"warning: the scores of this log are so low that the bar is the lowest there is, {LOWEST}, where honest "
    "accounts of another day may lie. Calibrate with a log of more days, and watch in shadow mode first"
)
_NOBODY: Final = (
    "warning: with these thresholds nobody in this log would have been alerted. That is right if it holds "
    "no attackers. If it does, they may have pushed the bar up: leave out those that you know, and calibrate "
    "again"
)


def calibrate_command(
    logs: Annotated[list[str], typer.Argument(help="Logs of ordinary traffic; no labels are needed.")],
    out: Annotated[Path, typer.Option("--out", help="File for the thresholds.")] = Path("calibration.json"),
    budget: Annotated[
        float,
        typer.Option("--budget", help="Share of honest accounts that may be alerted.", min=1e-6, max=0.02),
    ] = 1e-3,
    model: ModelOption = DEFAULT_MODEL,
    log_format: FormatOption = None,
    tick: TickOption = 5.0,
    lateness: LatenessOption = 60.0,
) -> None:
    """Set the thresholds from your own unlabelled traffic, so that alerts leave shadow mode.

    The highest five per cent of accounts are left out, so that a few attackers in the log move little: up to
    about three in a hundred accounts. Where more of them hide the tail, no thresholds are written.

    Example:
      stillwatch calibrate last-month.jsonl.zst --out calibration.json
      stillwatch replay today.jsonl.zst --out findings --calibration calibration.json
    """
    console = Console(stderr=True)
    # A mistyped folder must not cost the time that the logs take.
    if out.is_dir() or not out.parent.is_dir():
        raise typer.BadParameter(f"--out {out}: no file can be written there; check the path")
    with told_plainly():
        setup = set_up(model, None, log_format, tick, lateness)
        letters = DeadLetterCounts()
        with progress_bar(console) as bar:
            outcome = setup.replay.run(logs, letters, lambda _: None, follow(bar, total_size(logs)))
        need_whole(outcome.errors)
        verdicts = outcome.engine.verdicts
        judged = verdicts["peak"] > 0
        peaks = verdicts["peak"][judged].astype(np.float64)
        relay = verdicts["relay"][judged].astype(np.float64)
        thresholds = calibrate(peaks, relay, out.stem, setup.artefact.model_id, budget)
        thresholds.save(out)
    alerted = int((peaks >= thresholds.raise_at).sum())
    counts = outcome.counts
    told: dict[str, int | str] = {
        "read": counts.read,
        "duplicate": counts.duplicate,
        "too late": counts.late,
        "dead lettered": counts.dead_lettered,
        "accounts judged": thresholds.accounts,
        "raise at": f"{thresholds.raise_at:.4f} (shipped {setup.artefact.raise_at:.4f})",
        "would have alerted": alerted,
        "thresholds": str(out),
    }
    console.print(summary_table(told))
    if thresholds.raise_at <= LOWEST:
        console.print(_QUIET, style="bold yellow", markup=False, highlight=False)
    elif alerted == 0:
        console.print(_NOBODY, style="bold yellow", markup=False, highlight=False)
