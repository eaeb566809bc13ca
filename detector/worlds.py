"""Labelled worlds to training rows: a replay that keeps each account's features as its requests double."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from detector.compose import Intake
from detector.reader import LogReader
from detector.ticks import TickLoop
from features.account.vector import FEATURES, vectors
from models.dataset import TrainingSet
from models.fit import Columns
from models.scorer import LABELS
from streaming.admission import AdmissionSettings
from streaming.dead_letters import DeadLetterCounts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from detector.ticks import Tick
    from features.account.table import AccountTable
    from features.batch import EventBatch
    from features.text.purposes import PurposeWeights

FIRST_MILESTONE: Final = 4
"""Requests at the first snapshot; every next one is at twice as many, and one is at the end."""

TRUTH: Final = "truth_accounts.parquet"
"""Where a labelled world says what is true of its accounts."""


class WorldError(Exception):
    """A labelled world cannot be read: says what is missing, where, and the remedy."""


@dataclass(frozen=True, slots=True)
class Truth:
    """Labels of a world's accounts."""

    accounts: pd.DataFrame
    """indexed by account id"""

    @classmethod
    def read(cls, folder: Path) -> Truth:
        """Read `truth_accounts.parquet`."""
        path = folder / TRUTH
        if not path.exists():
            raise WorldError(f"{path}: missing; a labelled world has one (see docs/events.md)")
        return cls(pd.read_parquet(path).set_index("account_id"))


class Snapshots:
    """Collects vectors of a tick loop's accounts at milestones of their number of requests."""

    def __init__(self, accounts: AccountTable) -> None:
        self._accounts = accounts
        self._next = np.zeros(0, dtype=np.int64)
        self._taken: list[tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64], int]] = []

    def observe(self, tick: Tick) -> None:
        """Snapshot the accounts of a tick that passed a milestone."""
        grown = len(self._accounts) - len(self._next)
        self._next = np.concatenate([self._next, np.full(grown, FIRST_MILESTONE)])
        total = self._accounts.rows["total"][tick.accounts]
        passed = tick.accounts[total >= self._next[tick.accounts]]
        if len(passed):
            self._take(passed, tick.end)
            reached = self._accounts.rows["total"][passed]
            while (behind := self._next[passed] <= reached).any():
                self._next[passed[behind]] *= 2

    def finish(self, end: int) -> None:
        """Snapshot every account at the end of the log."""
        self._take(np.arange(len(self._accounts)), end)

    def _take(self, accounts: NDArray[np.int64], end: int) -> None:
        rows = self._accounts.rows
        self._taken.append((accounts, vectors(rows, accounts), rows["total"][accounts].astype(np.int64), end))

    def label(self, truth: Truth) -> TrainingSet:
        """Training rows: the snapshots under what was true of their account by then."""
        account = np.concatenate([taken[0] for taken in self._taken])
        end = np.concatenate([np.full(len(taken[0]), taken[3]) for taken in self._taken])
        final = np.concatenate([np.full(len(t[0]), t is self._taken[-1]) for t in self._taken])
        known = truth.accounts.reindex(list(self._accounts.names))
        labels = known["label"].map({name: code for code, name in enumerate(LABELS)}).fillna(0).to_numpy(int)
        attack_from = _epoch_ms(known["first_attack_time"])
        # What an account had done before its first request of a campaign teaches nothing of either class.
        told = (labels[account] != LABELS.index("distillation")) | (end >= attack_from[account])
        kinds = known["family"].fillna(known["archetype"]).fillna("").to_numpy(str)
        groups = known["campaign_id"].fillna(_owner(self._accounts)).to_numpy(str)
        return TrainingSet(
            np.concatenate([taken[1] for taken in self._taken]),
            np.concatenate([taken[2] for taken in self._taken]),
            labels[account], account, final, kinds[account], groups[account], np.ones(len(account)),
        ).take(told)  # fmt: skip


def _epoch_ms(times: pd.Series) -> NDArray[np.int64]:
    stamps = pd.to_datetime(times, utc=True)
    ms: NDArray[np.int64] = np.array(stamps.astype("datetime64[ms, UTC]").astype("int64"), dtype=np.int64)
    ms[stamps.isna().to_numpy()] = 0
    return ms


def _owner(accounts: AccountTable) -> pd.Series:
    """Without an organisation in the row state, an account is its own group."""
    names = list(accounts.names)
    return pd.Series(names, index=names)


def snapshot_world(batches: Iterator[EventBatch], loop: TickLoop, truth: Truth) -> TrainingSet:
    """Replay `batches` through `loop` and label its snapshots."""
    snapshots = Snapshots(loop.accounts)
    end = 0
    for batch in batches:
        for tick in loop.observe(batch):
            snapshots.observe(tick)
            end = tick.end
    for tick in loop.finish():
        snapshots.observe(tick)
        end = tick.end
    snapshots.finish(end)
    return snapshots.label(truth)


def read_world(folder: Path, weights: PurposeWeights) -> TrainingSet:
    """Training rows of one labelled world; raises `WorldError` where it is none."""
    truth = Truth.read(folder)
    intake = Intake.of(weights)
    loop = TickLoop(intake.kernel, AdmissionSettings())
    reader = LogReader(logs_of(folder), intake.reading, loop.counts, DeadLetterCounts(), lambda _: None)
    return snapshot_world(reader.batches(), loop, truth)


def logs_of(folder: Path) -> list[str]:
    """A labelled world's event files in order of their names; raises `WorldError` where there is none."""
    found = sorted(str(path) for path in folder.glob("events*"))
    if not found:
        raise WorldError(f"{folder}: holds no events* file; a labelled world has one (see docs/events.md)")
    return found


def learnt_columns() -> Columns:
    """The features that the account models see."""
    scored = np.flatnonzero([feature.scored for feature in FEATURES])
    evidence = np.flatnonzero([feature.scored and feature.is_evidence for feature in FEATURES])
    return Columns(scored, evidence)
