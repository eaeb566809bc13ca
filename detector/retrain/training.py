"""Trains a challenger and holds it against the champion."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from detector.retrain.ablation import Ablation, ablations
from detector.retrain.checks import Compared
from detector.retrain.fitting import fit_challenger, open_model
from detector.retrain.gate import Gate, GateSettings, compare
from detector.retrain.judging import judge
from detector.retrain.outcome import Outcome
from detector.retrain.stages import digest_of, key_of
from detector.retrain.summaries import fairness, reliability, suspicion_checks, told_labels
from detector.retrain.teaching import Guards, teach
from models.fit import FitSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from detector.retrain.labelled import Labelled
    from detector.retrain.labels import Label
    from detector.retrain.teaching import Taught
    from models.artefact import Artefact


@dataclass(frozen=True, slots=True)
class Inputs:
    """What there is to learn from and to judge on."""

    worlds: Sequence[Labelled]
    """whose truth is known"""
    tested: Labelled
    """whose truth is known, and which teaches nothing"""
    traffic: Labelled | None = None
    """what labels are about"""
    labels: Sequence[Label] = ()
    regression: Labelled | None = None
    """past true positives, frozen when they were confirmed"""
    canary: Labelled | None = None
    """campaigns that must stay detected"""


@dataclass(frozen=True, slots=True)
class TrainSettings:
    """How a challenger is made and judged; the same inputs and settings give the same one."""

    fit: FitSettings = field(default_factory=FitSettings)
    gate: GateSettings = field(default_factory=GateSettings)
    guards: Guards = field(default_factory=Guards)
    held_out: tuple[str, ...] = ()
    """families and archetypes that teach nothing"""
    seed: int = 0
    ablate: bool = False


def train(
    inputs: Inputs, champion: Artefact, settings: TrainSettings, out: Path, step: Callable[[str], None]
) -> Outcome:
    """Fit a challenger and decide on it; what was fitted before from the same content is found in `out`.

    Raises `UnlearnableError` where there is too little to learn from.
    """
    step("labels")
    taught = teach(inputs.worlds, inputs.traffic, inputs.labels, champion, settings.guards)
    rows = without(taught.rows, settings.held_out)
    lineage = _lineage(inputs, rows, champion, settings)
    about = {"data": _contents(rows), "held_out": list(settings.held_out), "lineage": lineage}
    step("fit")
    folder, scores = fit_challenger(rows, champion, settings.fit, about, out / "stages", settings.seed)
    step("gate")
    challenger = open_model(folder)
    tested = _compared(inputs.tested, champion, challenger)
    return Outcome(
        _gate(inputs, tested, (champion, challenger), taught, settings),
        str(folder.relative_to(out)), lineage | {"sample": _sample(rows, challenger)},
        told_labels(taught, rows, scores, settings.guards.distrusted),
        fairness(tested, settings.gate.least), reliability(tested), _ablated(rows, settings, out, step),
    )  # fmt: skip


def without(rows: Labelled, kinds: Sequence[str]) -> Labelled:
    """Rows without accounts of these families and archetypes; populations of theirs teach nothing."""
    if not kinds:
        return rows
    left = rows.take(~np.isin(rows.examples.accounts.kinds, kinds))
    populations = left.examples.populations.without(kinds)
    return replace(left, examples=replace(left.examples, populations=populations))


def _compared(rows: Labelled, champion: Artefact, challenger: Artefact) -> Compared:
    return Compared(rows, judge(champion, rows), judge(challenger, rows))


def _gate(
    inputs: Inputs,
    tested: Compared,
    models: tuple[Artefact, Artefact],
    taught: Taught,
    settings: TrainSettings,
) -> Gate:
    regression = None if inputs.regression is None else _compared(inputs.regression, *models)
    canary = None if inputs.canary is None else _compared(inputs.canary, *models)
    checks = (
        *compare(tested, settings.held_out, regression, canary, settings.gate),
        *suspicion_checks(taught.suspicions),
    )
    passed = all(check.passed for check in checks)
    return Gate(models[0].model_id, models[1].model_id, passed, checks)


def _contents(rows: Labelled) -> dict[str, Any]:
    accounts = rows.examples.accounts
    return {
        "digest": digest_of(rows),
        "worlds": [],
        "snapshots": len(accounts),
        "accounts": int(accounts.final.sum()),
        "populations": len(np.unique(rows.examples.populations.populations)),
    }


def _sample(rows: Labelled, challenger: Artefact) -> dict[str, list[int]]:
    """Rows that a fit learnt from, and of how many."""
    learnt_from, examples = challenger.manifest["learnt_from"], rows.examples
    return {
        "accounts": [learnt_from["account_rows"], len(examples.accounts)],
        "populations": [learnt_from["population_rows"], len(examples.populations)],
    }


def _lineage(inputs: Inputs, rows: Labelled, champion: Artefact, settings: TrainSettings) -> dict[str, Any]:
    return {
        "champion": champion.model_id,
        "learnt_from": digest_of(rows),
        "judged_on": digest_of(inputs.tested),
        "labels": key_of(*(asdict(label) for label in inputs.labels)),
        "settings": asdict(settings),
    }


def _ablated(
    rows: Labelled, settings: TrainSettings, out: Path, step: Callable[[str], None]
) -> tuple[Ablation, ...]:
    if not settings.ablate:
        return ()
    path = out / "stages" / f"ablations-{digest_of(rows)}.json"
    if not path.exists():
        part = path.with_suffix(".part")
        part.write_bytes(msgspec.json.encode(list(ablations(rows.examples, step))))
        part.replace(path)
    return msgspec.json.decode(path.read_bytes(), type=tuple[Ablation, ...])
