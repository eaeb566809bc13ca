"""All that a leader knows: the ledger, what the engine thinks, and what was told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detector.engine import Engine
from detector.ledger import Ledger
from detector.stream.dossiers import DossierWriter
from detector.stream.findings import Verdicts
from detector.telemetry.leading import Standing, TableSize
from features.state import State
from models.scorer import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from detector.alert import Alert
    from detector.cold import ColdRows
    from detector.engine import Model
    from detector.pending import Chunk
    from detector.policy import Policy
    from detector.store.findings import VerdictRecord
    from detector.stream.dossiers import Noted
    from features.batch import Lifecycle
    from features.hashing import HashKey


class Scoring:
    """Folds and scores ticks in their order. The same ticks give the same findings."""

    def __init__(self, key: HashKey, model: Model, policy: Policy, cold: ColdRows | None = None) -> None:
        """`cold` as for `Ledger`; what it holds is no part of the state."""
        self.ledger = Ledger(key, cold=cold)
        self.engine = Engine(self.ledger, model, policy)
        self._verdicts = Verdicts()
        self._dossiers = DossierWriter(self.engine, model)
        self.model_id = model.model_id

    def learn(self, records: Iterable[Lifecycle]) -> None:
        """Take note of bans and releases, before the tick in which they became known."""
        self.engine.learn(records)

    def score(self, chunk: Chunk, end: int) -> list[Alert]:
        """Fold the events of a tick that ended at `end` (ms), and the alerts that follow."""
        return self.engine.decide(self.ledger.fold(chunk, end))

    def changed(self, end: int) -> list[VerdictRecord]:
        """Verdicts that changed since this was last asked."""
        return self._verdicts.changes(self.engine, end)

    def noted(
        self, chunk: Chunk, alerts: Sequence[Alert], verdicts: Iterable[VerdictRecord], end: int
    ) -> Noted:
        """What people look at of a tick whose `chunk` was scored, and what changed by it."""
        return self._dossiers.write(chunk, alerts, verdicts, end)

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
        }
        return State(parts=parts)

    def restore(self, state: State) -> None:
        """Go on from `state`."""
        self.ledger.restore(state.parts["ledger"])
        self.engine.restore(state.parts["engine"])
        self._verdicts.restore(state.parts["told"])
        self._dossiers.restore(state.parts["dossiers"])
