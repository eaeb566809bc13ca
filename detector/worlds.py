"""Labelled worlds to training rows: a replay that keeps each account's features as its requests double."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from detector.compose import Intake
from detector.reader import LogReader, need_whole
from detector.snapshots import Snapshots
from detector.ticks import TickLoop
from detector.truth import WorldTruth, logs_of
from features.account.vector import FEATURES
from models.accounts import Columns
from models.scorer import BENIGN, DISTILLATION, RELAY
from streaming.admission import AdmissionSettings
from streaming.dead_letters import DeadLetterCounts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from features.account.names import NameIndex
    from features.batch import EventBatch
    from features.hashing import HashKey
    from features.text.purposes import PurposeWeights
    from models.dataset import Examples


def snapshot_world(
    batches: Iterator[EventBatch], loop: TickLoop, truth: WorldTruth, key: HashKey
) -> Examples:
    """Replay `batches` through `loop` and label its snapshots."""
    snapshots = Snapshots(loop.ledger)
    requests = RequestLabels(truth, key)
    end = 0
    for tick in chain(chain.from_iterable(map(loop.observe, batches)), loop.finish()):
        snapshots.observe(tick, requests.of(tick.rows, loop.ledger.accounts.names))
        end = tick.end
    snapshots.finish(end)
    return snapshots.label(truth)[0]


class RequestLabels:
    """What each request is part of: a campaign, a resale pool, or honest use."""

    def __init__(self, truth: WorldTruth, key: HashKey) -> None:
        self._truth = truth
        self._attacks = truth.attacks(key)
        self._pooled: NDArray[np.bool_] = np.zeros(0, dtype=bool)

    def of(self, rows: NDArray[np.void], names: NameIndex) -> NDArray[np.int64]:
        """DISTILLATION, RELAY or BENIGN of each event, shape (n,); `names` are of the accounts by row."""
        if len(names) > len(self._pooled):
            more = [names[row] for row in range(len(self._pooled), len(names))]
            self._pooled = np.concatenate([self._pooled, self._truth.of(more).pooled])
        attack = _among(self._attacks, rows["event"])
        usual = np.where(self._pooled[rows["account"]], RELAY, BENIGN)
        labels: NDArray[np.int64] = np.where(attack, DISTILLATION, usual)
        return labels


def _among(known: NDArray[np.uint64], values: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Whether each value is in `known`, which is ascending: `np.isin` would sort it anew each time."""
    if len(known) == 0:
        return np.zeros(len(values), dtype=bool)
    at = np.minimum(np.searchsorted(known, values), len(known) - 1)
    found: NDArray[np.bool_] = known[at] == values
    return found


def read_world(folder: Path, weights: PurposeWeights) -> Examples:
    """Training rows of one labelled world; raises `WorldError` where it is none, `SourceError` for a part."""
    truth = WorldTruth.read(folder)
    intake = Intake.of(weights)
    # Snapshots name populations by row, so none may be forgotten.
    loop = TickLoop(intake.kernel, AdmissionSettings(), remember=None)
    reader = LogReader(logs_of(folder), intake.reading, loop.counts, DeadLetterCounts(), lambda _: None)
    examples = snapshot_world(reader.batches(), loop, truth, intake.kernel.key)
    need_whole(reader.errors)
    return examples


def learnt_columns() -> Columns:
    """The features that the account models see."""
    scored = np.flatnonzero([feature.scored for feature in FEATURES])
    evidence = np.flatnonzero([feature.scored and feature.is_evidence for feature in FEATURES])
    return Columns(scored, evidence)
