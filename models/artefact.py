"""A model on disk: arrays, estimators and a manifest that says what made it. Nothing is ever unpickled.

Errors: `ModelError`, which the command line shows; it names the file, what is wrong and the remedy.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from features.scored import NAMES, catalogue_version
from models.cohort import Cohorts
from models.forest import NODE, Forest
from models.fusion import FusedScorer
from models.population import PopulationScorer
from models.product import ProductScorer
from models.scorer import AccountScorer, Calibration, View

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from models.anomaly import AnomalyScorer
    from models.fit import Fitted

FORMAT: Final = 2
MANIFEST: Final = "manifest.json"
ESTIMATORS: Final = "estimators.skops"
ARRAYS: Final = "arrays.npz"

_LIBRARIES: Final = ("numpy", "scikit-learn", "skops")


class ModelError(Exception):
    """A model cannot be used."""


@dataclass(frozen=True, slots=True)
class Artefact:
    """Everything that scoring needs, and where it comes from."""

    scorer: FusedScorer
    populations: PopulationScorer
    cohorts: Cohorts
    raise_at: float
    relay_at: float
    model_id: str
    manifest: dict[str, Any]
    folder: Path
    arrays: Mapping[str, NDArray[Any]]

    @property
    def anomaly(self) -> AnomalyScorer:
        """The anomaly scorer, read from its file each time; raises `ModelError`.

        It alone needs scikit-learn, which takes seconds to load, and a live stream never asks for it.
        """
        from models.estimators import read_anomaly  # noqa: PLC0415 - see above

        try:
            return read_anomaly(self.folder / ESTIMATORS, self.arrays)
        except (KeyError, TypeError, ValueError) as error:
            raise _not_ours(self.folder, error) from None


def save(
    folder: Path, fitted: Fitted, anomaly: AnomalyScorer, cohorts: Cohorts, about: dict[str, Any]
) -> str:
    """Write the artefact and return its id; `about` (data, metrics, text weights) goes into the manifest."""
    from models.estimators import write_anomaly  # noqa: PLC0415 - see Artefact.anomaly

    folder.mkdir(parents=True, exist_ok=True)
    account = fitted.scorer.account
    write_anomaly(folder / ESTIMATORS, anomaly)
    np.savez_compressed(
        folder / ARRAYS,
        allow_pickle=False,
        **account.full.forest.arrays("full"),
        **account.evidence.forest.arrays("evidence"),
        **fitted.populations.view.forest.arrays("populations"),
        **fitted.scorer.forest.arrays("fusion"),
        scored_columns=account.full.columns,
        evidence_columns=account.evidence.columns,
        population_columns=fitted.populations.view.columns,
        product_exponents=fitted.populations.product.exponents,
        product_offset=fitted.populations.product.offset,
        anomaly_columns=anomaly.columns,
        anomaly_usual=anomaly.usual,
        anomaly_ranks=anomaly.ranks,
        cohorts=cohorts.quantiles,
    )
    digests = {name: _digest(folder / name) for name in (ESTIMATORS, ARRAYS)}
    model_id = _identity(fitted)
    manifest = {
        "format": FORMAT,
        "model_id": model_id,
        "catalogue": catalogue_version(),
        "features": list(NAMES),
        "sha256": digests,
        "libraries": {name: version(name) for name in _LIBRARIES},
        "context_margin": account.context_margin,
        "calibration": {
            "distillation": asdict(fitted.scorer.distillation),
            "own": asdict(account.distillation),
            "relay": asdict(account.relay),
        },
        "thresholds": {"raise_at": fitted.raise_at, "relay_at": fitted.relay_at},
        **about,
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return model_id


def _identity(fitted: Fitted) -> str:
    """Named after what decides, not after its files: those carry the time at which they were packed."""
    scorer, account = fitted.scorer, fitted.scorer.account
    digest = hashlib.sha256()
    for view in (account.full, account.evidence, fitted.populations.view):
        digest.update(view.columns.tobytes())
        _update(digest, view.forest)
    _update(digest, scorer.forest)
    digest.update(fitted.populations.product.exponents.tobytes())
    decides = (
        account.context_margin, account.distillation, account.relay, scorer.distillation,
        fitted.raise_at, fitted.relay_at, fitted.populations.product.offset,
    )  # fmt: skip
    digest.update(repr(decides).encode())
    return "sw-" + digest.hexdigest()[:12]


def _update(digest: hashlib._Hash, forest: Forest) -> None:
    for name in NODE.names or ():
        digest.update(np.ascontiguousarray(forest.nodes[name]).tobytes())


def load(folder: Path, text_weights: str) -> Artefact:
    """Load what `save` wrote. `text_weights` is the version of the purpose weights in use.

    Raises `ModelError` when a file is missing or altered, when it was made for other features, other text
    weights or another scikit-learn, or when it holds a type that `save` does not write.
    """
    manifest = _read_manifest(folder)
    try:
        _check(folder, manifest, text_weights)
        return _assemble(folder, manifest)
    except (KeyError, TypeError, ValueError) as error:
        raise _not_ours(folder, error) from None


def _not_ours(folder: Path, error: Exception) -> ModelError:
    return ModelError(
        f"{folder}: not what `save` writes ({type(error).__name__}: {error}); rebuild the model"
    )


def _assemble(folder: Path, manifest: dict[str, Any]) -> Artefact:
    with np.load(folder / ARRAYS, allow_pickle=False) as arrays:
        columns = {name: arrays[name] for name in arrays.files}
    calibration = manifest["calibration"]
    account = AccountScorer(
        View(Forest.of(columns, "full"), columns["scored_columns"]),
        View(Forest.of(columns, "evidence"), columns["evidence_columns"]),
        float(manifest["context_margin"]),
        Calibration(**calibration["own"]),
        Calibration(**calibration["relay"]),
    )
    fusion = Calibration(**calibration["distillation"])
    scorer = FusedScorer(account, Forest.of(columns, "fusion"), fusion)
    product = ProductScorer(columns["product_exponents"], float(columns["product_offset"]))
    view = View(Forest.of(columns, "populations"), columns["population_columns"])
    thresholds = manifest["thresholds"]
    return Artefact(
        scorer, PopulationScorer(view, product), Cohorts(columns["cohorts"]),
        thresholds["raise_at"], thresholds["relay_at"],
        manifest["model_id"], manifest, folder, columns,
    )  # fmt: skip


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelError(f"{path}: there is no model here; build one with `make model DATA=…`") from None
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: unreadable ({error}); restore the file or rebuild the model") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ModelError(f"{path}: format is not {FORMAT}; rebuild the model with this release")
    return manifest


def _check(folder: Path, manifest: dict[str, Any], text_weights: str) -> None:
    for name in (ESTIMATORS, ARRAYS):
        if not (folder / name).exists():
            raise ModelError(f"{folder / name}: missing; restore the file or rebuild the model")
        if _digest(folder / name) != manifest["sha256"][name]:
            raise ModelError(
                f"{folder / name}: sha256 differs from the manifest; restore or rebuild the model"
            )
    for what, made, used in (
        ("feature catalogue", manifest["catalogue"], catalogue_version()),
        ("purpose weights", manifest["text_weights"], text_weights),
        ("scikit-learn", manifest["libraries"]["scikit-learn"], version("scikit-learn")),
    ):
        if made != used:
            raise ModelError(f"{folder}: made for {what} {made}, but {used} is in use; rebuild the model")
    if manifest["features"] != list(NAMES):
        raise ModelError(f"{folder}: lists other features than the catalogue; rebuild the model")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
