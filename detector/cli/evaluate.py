"""`stillwatch evaluate`: the product on labelled worlds, and a report that can be signed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console

from detector.cli.compose import CalibrationOption, ModelOption, Setup, set_up, told_plainly
from detector.cli.show import follow, progress_bar, summary_table
from detector.defaults import DEFAULT_MODEL
from detector.evaluate import baselines
from detector.evaluate.experiments.sketched import check_canonical
from detector.evaluate.full import check_trainable, with_evaders, with_left_out, with_less_logged
from detector.evaluate.measure import LabelledWorld, evaluation_of, measure_world
from detector.evaluate.report.page import HTML, in_brief, write_evaluation
from detector.evaluate.report.words import estimated, told
from detector.evaluate.results import FILE, OURS
from detector.truth import WorldError, WorldTruth, logs_of
from features.text.purposes import PurposeWeights
from streaming.files import total_size
from streaming.simulator.plan import WorldPlan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from detector.evaluate.experiments.steps import Step
    from detector.evaluate.predictions import Predictions
    from detector.evaluate.results import Evaluation, WorldResult

EVADED: Final = WorldPlan(seed=11, honest=2_000, pools=0)
"""Honest accounts beside whom attackers evade."""
CACHE: Final = "cache"
"""Folder in the output for the rows of training worlds."""


def evaluate_command(
    worlds: Annotated[
        list[Path], typer.Argument(help="Folders of labelled worlds: events* and truth_*.parquet.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder for the report; made if missing.")],
    beside: Annotated[
        bool, typer.Option("--baselines/--no-baselines", help="Run published detectors on the same logs.")
    ] = True,
    train: Annotated[
        list[Path] | None,
        typer.Option(
            "--train",
            help="A world to learn from; may be given again. Baselines take the first one's honest accounts, "
            "--full fits on all.",
        ),
    ] = None,
    full: Annotated[
        bool,
        typer.Option(
            "--full",
            help="Also leave each family and archetype out of training (needs --train), withhold text and "
            "fields of the first world, and let attackers evade. Takes tens of minutes.",
        ),
    ] = False,
    docs: Annotated[
        Path | None,
        typer.Option("--write-docs", help="Also write the report in short to this Markdown file."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print evaluation.json, too.")] = False,
    model: ModelOption = DEFAULT_MODEL,
    calibration: CalibrationOption = None,
) -> None:
    """Measure what is caught, how soon, and what is missed, on worlds whose truth is known.

    Writes report.html, report.md and evaluation.json.

    Examples:
      stillwatch evaluate worlds/a worlds/b --out evaluation

      stillwatch evaluate worlds/a --train worlds/t --full --out evaluation --write-docs docs/detection.md
    """
    console = Console(stderr=True)
    with told_plainly():
        labelled = [LabelledWorld.read(folder) for folder in worlds]
        learnt = _training(train or (), labelled, full=full)
        out.mkdir(parents=True, exist_ok=True)
        setup = set_up(model, calibration)
        found = [_measured(world, setup, console, learnt if beside else None) for world in labelled]
        evaluation = evaluation_of(found, setup, datetime.now(UTC))
        write_evaluation(out, evaluation)
        if full:
            evaluation = _tried(evaluation, labelled[0], learnt, setup, (model, out), console)
            write_evaluation(out, evaluation)
        if docs is not None:
            docs.write_text(in_brief(evaluation), encoding="utf-8")
    _show(evaluation, out, console)
    if as_json:
        typer.echo((out / FILE).read_text(encoding="utf-8"))


def _training(train: Sequence[Path], worlds: Sequence[LabelledWorld], *, full: bool) -> Sequence[Path]:
    """The training worlds, after all that can be found wrong before hours of work."""
    if full and not train:
        raise WorldError("--full: leaves traffic out of training; name a world to train on with --train")
    truths = [WorldTruth.read(folder) for folder in train]
    if full:
        check_trainable(truths)
        check_canonical(worlds[0].logs)
    return train


def _tried(
    evaluation: Evaluation,
    world: LabelledWorld,
    train: Sequence[Path],
    setup: Setup,
    folders: tuple[Path, Path],
    console: Console,
) -> Evaluation:
    """The evaluation with its experiments; `folders` hold the model and the report."""
    model, out = folders
    step = steps(console)
    replayed = with_less_logged(evaluation, world, setup, step)
    attacked = with_evaders(replayed, setup, EVADED, step)
    return with_left_out(attacked, train, PurposeWeights.load(model / "text"), out / CACHE, step)


def _measured(
    world: LabelledWorld, setup: Setup, console: Console, learnt: Sequence[Path] | None
) -> WorldResult:
    """Figures of one world; `learnt` is None where no baseline is wanted."""
    with progress_bar(console) as bar:

        def others(logs: Sequence[str]) -> Mapping[str, Predictions]:
            if learnt is None:
                return {}
            reference = logs_of(learnt[0]) if learnt else None
            return baselines.run(logs, reference, lambda name: say(f"  baseline: {name}"))

        def say(text: str) -> None:
            bar.console.print(text, highlight=False, markup=False)

        say(f"world {world.truth.name}")
        return measure_world(world, setup, others, follow(bar, total_size(world.logs)))


def steps(console: Console) -> Step:
    """Tells of each run of an experiment."""

    def step(name: str, number: int, total: int) -> None:
        console.print(f"  run {number} of {total}: {name}", highlight=False, markup=False)

    return step


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
