"""Training rows of labelled worlds, kept on disk: a replay takes minutes where reading rows takes none."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

import detector
import features
from detector.truth import EVENTS, TRUTH, logs_of
from detector.worlds import read_world
from models.dataset import Examples, PopulationSet, TrainingSet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from features.text.purposes import PurposeWeights


def cached_world(folder: Path, weights: PurposeWeights, cache: Path) -> Examples:
    """Training rows of the world in `folder`, from `cache` where they were made before.

    Rows are found again only for the same log, truth and text weights, and the same code of features and
    snapshots. Raises `WorldError` where `folder` holds no world.
    """
    path = cache / f"{folder.name}-{_identity(folder, weights)}.npz"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        _save(path, read_world(folder, weights))
    with np.load(path, allow_pickle=False) as stored:
        return Examples(_loaded(TrainingSet, stored), _loaded(PopulationSet, stored))


_Set = TypeVar("_Set", TrainingSet, PopulationSet)


def _loaded(kind: type[_Set], stored: Mapping[str, NDArray[Any]]) -> _Set:
    return kind(**{field.name: stored[f"{kind.__name__}.{field.name}"] for field in fields(kind)})


def _columns(rows: TrainingSet | PopulationSet) -> Iterator[tuple[str, NDArray[Any]]]:
    name = type(rows).__name__
    yield from ((f"{name}.{field.name}", getattr(rows, field.name)) for field in fields(rows))


def _save(path: Path, examples: Examples) -> None:
    # A run that is broken off must not leave half a file under the name of a whole one.
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        columns = dict([*_columns(examples.accounts), *_columns(examples.populations)])
        np.savez(file, allow_pickle=False, **columns)
    part.replace(path)


def _identity(folder: Path, weights: PurposeWeights) -> str:
    digest = hashlib.blake2b(weights.version.encode(), digest_size=8)
    for path in (*_sources(), *map(Path, logs_of(folder)), folder / TRUTH, folder / EVENTS):
        if path.exists():
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "blake2b").digest())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    """The code that rows depend on: a version number only tells of changes that somebody thought of."""
    yield from sorted(Path(str(files(features))).rglob("*.py"))
    for name in ("ticks.py", "worlds.py", "snapshots.py", "truth.py"):
        yield Path(str(files(detector))) / name
