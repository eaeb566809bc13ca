"""`stillwatch train`: a challenger from worlds and labels, and whether it may replace the champion."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from detector.cli.compose import ModelOption, told_plainly
from detector.cli.show import summary_table
from detector.defaults import DEFAULT_MODEL
from detector.retrain.ablation import SMALLER
from detector.retrain.fitting import open_model
from detector.retrain.gate import GateSettings
from detector.retrain.gathering import Asked, gather
from detector.retrain.labels import LabelError
from detector.retrain.outcome import FILE, Outcome
from detector.retrain.settling import settle
from detector.retrain.teaching import Guards
from detector.retrain.training import TrainSettings, train
from detector.retrain.writing import CARD_HTML, write_outcome, write_regression
from detector.truth import WorldError
from features.text.purposes import PurposeWeights
from models.boosting import UnlearnableError
from models.fit import FitSettings

if TYPE_CHECKING:
    from models.artefact import Artefact

EXIT_REFUSED: Final = 1


def train_command(
    out: Annotated[Path, typer.Option("--out", help="Folder for the challenger, its card and the stages.")],
    world: Annotated[
        list[Path] | None, typer.Option("--world", help="A labelled world to learn from; may be given again.")
    ] = None,
    test: Annotated[
        list[Path] | None,
        typer.Option(
            "--test",
            help="A labelled world to judge on. Default: the last quarter of the time of a quarter of the "
            "organisations and campaigns of the worlds.",
        ),
    ] = None,
    traffic: Annotated[
        list[Path] | None, typer.Option("--traffic", help="A log that labels are about; may be given again.")
    ] = None,
    lake: Annotated[
        str | None, typer.Option("--lake", help="Instead of logs: a lake that holds their rows.")
    ] = None,
    labels: Annotated[
        list[Path] | None,
        typer.Option("--labels", help="CSV: account_id,label[,since,weight,author,group,why]."),
    ] = None,
    store: Annotated[
        str | None, typer.Option("--store", help="Store whose judged cases are labels, too.")
    ] = None,
    canary: Annotated[
        list[Path] | None, typer.Option("--canary", help="A world whose campaigns must stay detected.")
    ] = None,
    regression: Annotated[
        Path | None, typer.Option("--regression", help="regression.npz of an earlier training.")
    ] = None,
    model: ModelOption = DEFAULT_MODEL,
    hold_out: Annotated[
        list[str] | None,
        typer.Option(help="A family or archetype that teaches nothing. Default: those of the champion."),
    ] = None,
    distrust: Annotated[
        list[str] | None, typer.Option(help="An author whose labels are left out; may be given again.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Learn from nothing later than this day.")
    ] = None,
    budget: Annotated[
        float, typer.Option(min=1e-6, max=0.02, help="Share of honest accounts that may be alerted.")
    ] = 1e-3,
    ablate: Annotated[
        bool, typer.Option("--ablations", help="Also fit without each group of features. Takes long.")
    ] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="Under half of the trees: a first look, not to be promoted.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print gate.json, too.")] = False,
) -> None:
    """Train a challenger from verdicts, and hold it against the champion.

    Writes gate.json, card.md, card.html, regression.npz and the model in challenger/. What a run that was
    broken off had made is found again. The champion stays where it is: see `stillwatch models promote`.
    Ends with 1 if the gate refuses the challenger.

    Example:
      stillwatch train --world worlds/a --traffic march.jsonl.zst --labels verdicts.csv --out new
    """
    console = Console(stderr=True)
    with told_plainly():
        champion = open_model(model)
        held = tuple(hold_out) if hold_out is not None else tuple(champion.manifest.get("held_out", ()))
        asked = Asked(
            tuple(world or ()), tuple(test or ()), tuple(traffic or ()),
            lake, tuple(labels or ()), store,
            tuple(canary or ()), regression, seed,
        )  # fmt: skip
        last = None if until is None else round(until.replace(tzinfo=UTC).timestamp() * 1000)
        settings = TrainSettings(
            replace(SMALLER if quick else FitSettings(), budget=budget), GateSettings(seed=seed),
            Guards(distrusted=tuple(distrust or ()), until=last), held, seed, ablate,
        )  # fmt: skip
        outcome = _train(asked, champion, settings, model, out, console)
    _show(outcome, out, console)
    if as_json:
        typer.echo((out / FILE).read_text(encoding="utf-8"))
    if not outcome.gate.passed:
        raise typer.Exit(EXIT_REFUSED)


def _train(
    asked: Asked, champion: Artefact, settings: TrainSettings, model: Path, out: Path, console: Console
) -> Outcome:
    out.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    with _progress(console) as bars:
        bar = bars.add_task("train", total=None)

        def step(name: str) -> None:
            bars.update(bar, description=name)
            bars.console.print(f"  {name}", highlight=False, markup=False)

        weights = PurposeWeights.load(model / "text")
        try:
            inputs = gather(asked, weights, out / "stages", round(now.timestamp() * 1000), step)
            outcome = train(inputs, champion, settings, out, step)
        except (LabelError, UnlearnableError) as error:
            raise WorldError(str(error)) from None
        write_outcome(out, outcome, now.date())
        trusted = [label for label in inputs.labels if label.author not in settings.guards.distrusted]
        write_regression(out, inputs, settle(trusted).labels, champion)
    return outcome


def _progress(console: Console) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )


def _show(outcome: Outcome, out: Path, console: Console) -> None:
    gate = outcome.gate
    told: dict[str, object] = {
        "champion": gate.champion,
        "challenger": gate.challenger,
        "checks": f"{len(gate.checks)}, refused by {len(gate.refusals)}",
        "gate": "passed" if gate.passed else "refused",
        "card": str(out / CARD_HTML),
    }
    console.print(summary_table(told))
    for refusal in gate.refusals:
        text = f"refused: {refusal.dimension} {refusal.name}: {refusal.why}"
        console.print(text, style="red", markup=False, highlight=False)
