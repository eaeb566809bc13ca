"""Builds the default account model from labelled worlds: `python -m detector.build --data DIR`.

DIR holds `practice/train` and `corpora`, from whose prompts training worlds are simulated (and there may be
other worlds, given with --world). Families and archetypes named with --hold-out teach nothing; they are
scored afterwards and reported in the manifest and the model card.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any, Final

import numpy as np
import typer

from detector.card import write_card
from detector.cli.compose import told_plainly
from detector.defaults import DEFAULT_MODEL
from detector.training import IMPORTANCE, WORLDS, plans, simulate_worlds
from detector.worlds import learnt_columns, read_world
from features.text.purposes import PurposeWeights
from models.anomaly import fit_anomaly
from models.artefact import save
from models.cohort import Cohorts
from models.dataset import join
from models.figures import held_out_figures, out_of_fold_figures
from models.fit import FitSettings, fit
from models.scorer import BENIGN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.dataset import Examples

HELD_OUT: Final = (
    "persona_dialogues",
    "trace_cleaning",
    "technique_search",
    "thesis",
    "notebook",
    "migration",
)
"""Families and honest archetypes that the shipped model has never seen."""

SEED: Final = 0


@dataclass(frozen=True, slots=True)
class BuildSettings:
    """What the model is made of."""

    worlds: tuple[Path, ...]
    simulated: tuple[Path, ...]
    """worlds that count for less: our own simulator made them"""
    held_out: tuple[str, ...]
    fit: FitSettings


def build(settings: BuildSettings, weights: PurposeWeights, folder: Path) -> dict[str, Any]:
    """Fit and save the account model; its manifest."""
    rows, columns = _read(settings, weights), learnt_columns()
    examples = rows.without(settings.held_out)
    unseen = rows.take(np.isin(rows.accounts.kinds, settings.held_out))
    fitted = fit(examples, columns, settings.fit)
    known, last = examples.accounts, examples.accounts.final
    about = {
        "text_weights": weights.version,
        "data": _contents(examples, settings),
        "held_out": list(settings.held_out),
        "settings": asdict(settings.fit),
        "metrics": {
            "out_of_fold": out_of_fold_figures(examples, fitted, settings.fit),
            "held_out": held_out_figures(unseen, fitted, settings.fit),
        },
    }
    honest = last & (known.labels == BENIGN)
    anomaly = fit_anomaly(known.vectors[last], columns.evidence, SEED)
    vectors = np.concatenate([known.vectors[honest], fitted.attachment[honest]], axis=1)
    cohorts = Cohorts.of(vectors, known.events[honest])
    model_id = save(folder, fitted, anomaly, cohorts, about)
    return {"model_id": model_id, "raise_at": fitted.raise_at, "relay_at": fitted.relay_at, **about}


def _contents(examples: Examples, settings: BuildSettings) -> dict[str, Any]:
    return {
        "digest": examples.digest(),
        "worlds": [world.name for world in (*settings.worlds, *settings.simulated)],
        "snapshots": len(examples.accounts),
        "accounts": int(examples.accounts.final.sum()),
        "populations": len(np.unique(examples.populations.populations)),
    }


def _read(settings: BuildSettings, weights: PurposeWeights) -> Examples:
    given = [read_world(world, weights) for world in settings.worlds]
    simulated = [read_world(world, weights).counting(IMPORTANCE) for world in settings.simulated]
    return join([*given, *simulated])


def main(
    data: Annotated[Path, typer.Option(help="folder that holds practice/train")],
    world: Annotated[list[Path] | None, typer.Option(help="more labelled worlds")] = None,
    simulated: Annotated[int, typer.Option(min=0, help="worlds to simulate and learn from too")] = WORLDS,
    hold_out: Annotated[list[str] | None, typer.Option(help="families or archetypes not to learn")] = None,
    out: Annotated[Path, typer.Option(help="where the model goes")] = DEFAULT_MODEL,
) -> None:
    """Build the account model and its card."""
    with told_plainly():
        weights = PurposeWeights.load(out / "text")
        worlds = (data / "practice" / "train", *(world or ()))
        held_out: Sequence[str] = HELD_OUT if hold_out is None else hold_out
        with TemporaryDirectory() as folder:
            made = simulate_worlds(plans(data / "corpora", simulated), Path(folder), typer.echo)
            settings = BuildSettings(worlds, made, tuple(held_out), FitSettings())
            manifest = build(settings, weights, out / "account")
        write_card(out / "README.md", manifest, built=datetime.now(UTC).date())
        typer.echo(
            f"model {manifest['model_id']}: raises at {manifest['raise_at']:.3f}, in {out / 'account'}"
        )


if __name__ == "__main__":
    typer.run(main)
