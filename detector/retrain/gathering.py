"""From what a user names to what a training takes; rows of logs are kept and found again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from detector.lake.lake import open_lake
from detector.retrain.casebook import labels_of_store
from detector.retrain.labelled import join_labelled
from detector.retrain.labels import LabelError
from detector.retrain.lake import lake_traffic
from detector.retrain.splitting import split
from detector.retrain.stages import cached_rows, load_rows
from detector.retrain.table import read_table
from detector.retrain.training import Inputs
from detector.retrain.world import read_labelled, read_traffic, rows_key
from detector.truth import EVENTS, TRUTH, logs_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from detector.retrain.labelled import Labelled
    from detector.retrain.labels import Label
    from features.text.purposes import PurposeWeights


@dataclass(frozen=True, slots=True)
class Asked:
    """What a user named."""

    worlds: tuple[Path, ...]
    tests: tuple[Path, ...]
    traffic: tuple[Path, ...]
    lake: str | None
    labels: tuple[Path, ...]
    store: str | None
    canaries: tuple[Path, ...]
    regression: Path | None
    seed: int


def gather(
    asked: Asked, weights: PurposeWeights, stages: Path, now: int, step: Callable[[str], None]
) -> Inputs:
    """Read everything; raises `LabelError`, `WorldError`, `StoreError` or `SourceError`."""
    said = labels_of(asked, now)
    if not asked.worlds:
        raise LabelError("--world: missing; name a labelled world, without which honest use is not known")
    if said and not asked.traffic and asked.lake is None:
        raise LabelError("--traffic: missing; name logs of the accounts that labels are about, or a --lake")
    if asked.traffic and asked.lake is not None:
        raise LabelError("--lake: given beside --traffic; name one of the two")

    def worlds(folders: Sequence[Path]) -> list[Labelled]:
        return [_world(folder, weights, stages, step) for folder in folders]

    learnt, tested = _split(worlds(asked.worlds), worlds(asked.tests), asked.seed)
    canaries = worlds(asked.canaries)
    traffic = _observed(asked, weights, stages, step)
    return Inputs(
        learnt, tested, traffic, said,
        None if asked.regression is None else load_rows(asked.regression),
        join_labelled(canaries) if canaries else None,
    )  # fmt: skip


def labels_of(asked: Asked, now: int) -> list[Label]:
    """Labels of tables and of the store."""
    said = [label for path in asked.labels for label in read_table(path, now)]
    return said if asked.store is None else [*said, *labels_of_store(asked.store)]


def _split(worlds: list[Labelled], tests: list[Labelled], seed: int) -> tuple[list[Labelled], Labelled]:
    if tests:
        return worlds, join_labelled(tests)
    parts = [split(world, seed) for world in worlds]
    return [learnt for learnt, _ in parts], join_labelled([tested for _, tested in parts])


def _world(folder: Path, weights: PurposeWeights, stages: Path, step: Callable[[str], None]) -> Labelled:
    step(f"rows of world {folder.name}")
    files = [*map(Path, logs_of(folder)), folder / TRUTH, folder / EVENTS]
    key = rows_key([path for path in files if path.exists()], weights)
    return cached_rows(stages / f"world-{key}.npz", lambda: read_labelled(folder, weights))


def _observed(
    asked: Asked, weights: PurposeWeights, stages: Path, step: Callable[[str], None]
) -> Labelled | None:
    if asked.lake is not None:
        step("rows of the lake")
        return lake_traffic(open_lake(asked.lake, "train"))
    return _traffic(asked.traffic, weights, stages, step) if asked.traffic else None


def _traffic(
    logs: Sequence[Path], weights: PurposeWeights, stages: Path, step: Callable[[str], None]
) -> Labelled:
    step("rows of the traffic")
    names = [str(path) for path in logs]
    key = rows_key(logs, weights)
    return cached_rows(stages / f"traffic-{key}.npz", lambda: read_traffic(names, weights))
