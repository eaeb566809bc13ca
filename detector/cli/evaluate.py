"""`stillwatch evaluate`: the product on labelled worlds, and a report that can be signed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from detector.cli.compose import CalibrationOption, ModelOption, Setup, set_up, told_plainly
from detector.cli.show import follow, progress_bar, summary_table
from detector.defaults import DEFAULT_MODEL
from detector.evaluate import baselines
from detector.evaluate.measure import LabelledWorld, evaluation_of, measure_world
from detector.evaluate.report.page import HTML, in_brief, write_evaluation
from detector.evaluate.report.words import estimated, told
from detector.evaluate.results import FILE, OURS
from detector.worlds import logs_of
from streaming.files import total_size

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.progress import Progress

    from detector.evaluate.predictions import Predictions
    from detector.evaluate.results import Evaluation, WorldResult


def evaluate_command(
    worlds: Annotated[
        list[Path], typer.Argument(help="Folders of labelled worlds: events* and truth_*.parquet.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder for the report; made if missing.")],
    beside: Annotated[
        bool, typer.Option("--baselines/--no-baselines", help="Run published detectors on the same logs.")
    ] = True,
    reference: Annotated[
        Path | None,
        typer.Option(
            "--reference", help="Another labelled world whose honest accounts baselines learn from."
        ),
    ] = None,
    docs: Annotated[
        Path | None,
        typer.Option("--write-docs", help="Also write the report in short to this Markdown file."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print evaluation.json instead of a summary.")
    ] = False,
    model: ModelOption = DEFAULT_MODEL,
    calibration: CalibrationOption = None,
) -> None:
    """Measure what is caught, how soon, and what is missed, on worlds whose truth is known.

    Writes report.html, report.md and evaluation.json.

    Example:
      stillwatch evaluate worlds/a worlds/b --out evaluation
    """
    console = Console(stderr=True)
    with told_plainly():
        labelled = [LabelledWorld.read(folder) for folder in worlds]
        trained = None if reference is None else logs_of(reference)
        out.mkdir(parents=True, exist_ok=True)
        setup = set_up(model, calibration)
        found = [_measured(world, setup, console, trained, beside=beside) for world in labelled]
        evaluation = evaluation_of(found, setup, datetime.now(UTC))
        write_evaluation(out, evaluation)
        if docs is not None:
            docs.write_text(in_brief(evaluation), encoding="utf-8")
    if as_json:
        typer.echo((out / FILE).read_text(encoding="utf-8"))
    else:
        _show(evaluation, out, console)


def _measured(
    world: LabelledWorld, setup: Setup, console: Console, reference: Sequence[str] | None, *, beside: bool
) -> WorldResult:
    with progress_bar(console) as bar:

        def others(logs: Sequence[str]) -> Mapping[str, Predictions]:
            return _baselines(logs, reference, bar) if beside else {}

        bar.console.print(f"world {world.truth.name}", highlight=False, markup=False)
        return measure_world(world, setup, others, follow(bar, total_size(world.logs)))


def _baselines(
    logs: Sequence[str], reference: Sequence[str] | None, bar: Progress
) -> Mapping[str, Predictions]:
    def tell(name: str) -> None:
        bar.console.print(f"  baseline: {name}", highlight=False, markup=False)

    return baselines.run(logs, reference, tell)


def _show(evaluation: Evaluation, out: Path, console: Console) -> None:
    for world in evaluation.worlds:
        grades = world.detectors[OURS]
        console.print(
            summary_table(
                {
                    "world": world.name + (" (synthetic)" if world.synthetic else ""),
                    "TPR at 0.1 % FPR": estimated(grades.at[0].macro),
                    "alerts that are right": told(grades.alerts.precision),
                    "honest accounts alerted": told(grades.alerts.fpr),
                    "share of its exchanges a campaign got": estimated(grades.leakage.share),
                }
            )
        )
    console.print(f"report: {out / HTML}", markup=False, highlight=False, soft_wrap=True)
