"""All that a leader knows: the ledger, what the engine thinks, and what was told of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from detector.engine import Engine
from detector.lake.recorder import Recorder
from detector.ledger import Ledger
from detector.stream.dossiers import DossierWriter
from detector.stream.findings import Verdicts
from detector.telemetry.leading import Standing, TableSize
from features.state import State
from models.scorer import LABELS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from detector.alert import Alert
    from detector.cold import ColdRows
    from detector.engine import Model
    from detector.lake.writer import LakeWriter
    from detector.ledger import Tick
    from detector.pending import Chunk
    from detector.policy import Policy
    from detector.registry.watching import Watcher
    from detector.store.findings import SeriesPoint, VerdictRecord
    from detector.stream.dossiers import Noted
    from features.batch import Lifecycle
    from features.hashing import HashKey


class Scoring:
    """Folds and scores ticks in their order. The same ticks give the same findings."""

    def __init__(
        self,
        key: HashKey,
        model: Model,
        policy: Policy,
        cold: ColdRows | None = None,
        watching: Callable[[Engine, Ledger], Sequence[Watcher]] = lambda *_: (),
        lake: LakeWriter | None = None,
    ) -> None:
        """`cold` as for `Ledger`; neither what it holds nor who is `watching` is a part of the state.

        What `lake` has not written yet is.
        """
        self.ledger = Ledger(key, cold=cold)
        self._recorder = Recorder(self.ledger, lake)
        self.engine = Engine(self.ledger, model, policy)
        self._verdicts = Verdicts()
        self._dossiers = DossierWriter(self.engine, model)
        self.model_id = model.model_id
        self._watchers = watching(self.engine, self.ledger)
        self._watched: list[SeriesPoint] = []

    def learn(self, records: Iterable[Lifecycle]) -> None:
        """Take note of bans and releases, before the tick in which they became known."""
        self.engine.learn(records)

    def score(self, chunk: Chunk, end: int) -> list[Alert]:
        """Fold the events of a tick that ended at `end` (ms), and the alerts that follow."""
        before, tick = self.engine.verdicts["score"].copy(), self.ledger.fold(chunk, end)
        self._recorder.observe(tick)
        alerts = self.engine.decide(tick)
        judged = self._judged(tick, before) if self._watchers else tick.accounts
        self._watched = [point for one in self._watchers for point in one.watch(tick, judged)]
        return alerts

    def changed(self, end: int) -> list[VerdictRecord]:
        """Verdicts that changed since this was last asked."""
        return self._verdicts.changes(self.engine, end)

    def noted(
        self, chunk: Chunk, alerts: Sequence[Alert], verdicts: Iterable[VerdictRecord], end: int
    ) -> Noted:
        """What people look at of a tick whose `chunk` was scored, and what changed by it."""
        noted = self._dossiers.write(chunk, alerts, verdicts, end)
        return replace(noted, series=[*noted.series, *self._watched])

    def _judged(self, tick: Tick, before: NDArray[np.float32]) -> NDArray[np.int64]:
        """Accounts that were scored in a tick; of the same score as before only those that asked in it."""
        now, totals = self.engine.verdicts, self.ledger.accounts.rows["total"]
        moved = np.flatnonzero(now["score"][: len(before)] != before)
        fresh = tick.accounts[now["scored"][tick.accounts] == totals[tick.accounts]]
        return np.union1d(moved, fresh)

    def standing(self) -> Standing:
        """How much there is; takes time in proportion to the accounts."""
        tables = {name: TableSize(*size) for name, size in self.ledger.sizes.items()}
        away = int(np.count_nonzero(self.ledger.accounts.away))
        numbers = np.bincount(self.engine.labels, minlength=len(LABELS))
        return Standing(
            tables=tables,
            active=len(self.ledger.accounts) - away,
            cold=away,
            campaigns=len(self.engine.campaigns.membership[0]),
            verdicts=dict(zip(LABELS, numbers.tolist(), strict=True)),
        )

    def state(self) -> State:
        """What `restore` needs."""
        parts = {
            "ledger": self.ledger.state(),
            "engine": self.engine.state(),
            "told": self._verdicts.state(),
            "dossiers": self._dossiers.state(),
            "lake": self._recorder.state(),
        }
        return State(parts=parts)

    def restore(self, state: State) -> None:
        """Go on from `state`."""
        self.ledger.restore(state.parts["ledger"])
        self.engine.restore(state.parts["engine"])
        self._verdicts.restore(state.parts["told"])
        self._dossiers.restore(state.parts["dossiers"])
        self._recorder.restore(state.parts["lake"])
