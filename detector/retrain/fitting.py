"""Fits a challenger and keeps it as an artefact, or finds the one that the same rows and settings made."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detector.retrain.relabelling import JUDGED, ORDINARY
from detector.retrain.stages import digest_of, key_of
from detector.worlds import learnt_columns
from models.anomaly import fit_anomaly
from models.artefact import MANIFEST, load, save
from models.bars import raise_at, relay_at
from models.cohort import Cohorts
from models.figures import out_of_fold_figures
from models.fit import fit
from models.scorer import BENIGN, Scores

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from detector.retrain.labelled import Labelled
    from models.artefact import Artefact
    from models.fit import FitSettings, Fitted

SCORES: Final = "out_of_fold.npy"


def fit_challenger(
    rows: Labelled,
    champion: Artefact,
    settings: FitSettings,
    about: Mapping[str, Any],
    stages: Path,
    seed: int,
) -> tuple[Path, NDArray[np.float64]]:
    """Folder of the model (`text` and `account`), and its out-of-fold scores of the rows, shape (n,).

    `about` goes into the manifest. Raises `UnlearnableError` where a fold lacks a class.
    """
    text = str(champion.manifest["text_weights"])
    # JSON, so that numbers of a dictionary and of its like from a file agree.
    key = key_of(digest_of(rows), asdict(settings), champion.model_id, seed)
    folder = stages / f"model-{key}"
    if not (folder / SCORES).exists():
        fitted = _with_bars(fit(rows.examples, learnt_columns(), settings), rows, settings)
        _save(folder, fitted, rows, {**about, "text_weights": text}, settings, seed)
        shutil.copytree(champion.folder.parent / "text", folder / "text", dirs_exist_ok=True)
        np.save(folder / SCORES, fitted.out_of_fold.distillation, allow_pickle=False)
    return folder, np.load(folder / SCORES, allow_pickle=False)


def _with_bars(fitted: Fitted, rows: Labelled, settings: FitSettings) -> Fitted:
    """Thresholds from worlds alone: a few attackers taken for honest, by whomever, would lift them."""
    known = rows.examples.accounts
    certain = ~np.isin(known.kinds, (*JUDGED, ORDINARY))
    left, said = known.bare().take(certain), fitted.out_of_fold
    scores = Scores(said.distillation[certain], said.relay[certain])
    return replace(
        fitted, raise_at=raise_at(left, scores, settings), relay_at=relay_at(left, scores, settings)
    )


def open_model(folder: Path) -> Artefact:
    """The artefact in a folder that holds `text` and `account`; raises `ModelError`."""
    manifest = json.loads((folder / "account" / MANIFEST).read_text(encoding="utf-8"))
    return load(folder / "account", manifest["text_weights"])


def _save(
    folder: Path, fitted: Fitted, rows: Labelled, about: dict[str, Any], settings: FitSettings, seed: int
) -> None:
    known = rows.examples.accounts
    honest = known.final & (known.labels == BENIGN)
    anomaly = fit_anomaly(known.vectors[known.final], learnt_columns().evidence, seed)
    vectors = np.concatenate([known.vectors[honest], fitted.attachment[honest]], axis=1)
    cohorts = Cohorts.of(vectors, known.events[honest])
    learnt_from = dict(zip(("account_rows", "population_rows"), fitted.learnt_from, strict=True))
    figures = {
        "settings": asdict(settings),
        "metrics": {"out_of_fold": out_of_fold_figures(rows.examples, fitted, settings), "held_out": {}},
        "learnt_from": learnt_from,
    }
    save(folder / "account", fitted, anomaly, cohorts, {**about, **figures})
