"""What ticks changed for people to look at: dossiers, measurements and series, a bounded number a tick.

They follow from the ticks alone, so that who repeats ticks after a crash writes the same. Where more changed
than there is time for, the alerted come first, and the others with later ticks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from detector.campaigns.identity import NOBODY
from detector.dossier.accounts import account_dossiers
from detector.dossier.answers import answered
from detector.dossier.bodies import packed
from detector.dossier.campaigns import Subject, campaign_dossier
from detector.dossier.memory import Memory, Remembered
from detector.dossier.moments import changes, released
from detector.dossier.traffic import Traffic
from detector.store.findings import DossierRecord, MeasurementRecord
from detector.stream.findings import WORTH
from features.account.fold import HOUR
from features.state import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from detector.alert import Alert
    from detector.campaigns.campaign import Campaign
    from detector.campaigns.view import View
    from detector.engine import Engine, Model
    from detector.pending import Chunk
    from detector.store.findings import SeriesPoint, VerdictRecord

ACCOUNTS: Final = 512
"""Dossiers of accounts a tick: less than half a second of the 300 that a tick takes by default."""
CAMPAIGNS: Final = 16
"""Dossiers of campaigns a tick; of those that are over, all."""
GROWN: Final = 16
"""A dossier is written again, at most once an hour, when its subject made this part more requests."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What a tick gives people to look at."""

    dossiers: Sequence[DossierRecord]
    measurements: Sequence[MeasurementRecord]
    series: Sequence[SeriesPoint]


class DossierWriter:
    """Used by the leader. The same ticks give the same dossiers."""

    def __init__(self, engine: Engine, model: Model, most: int = ACCOUNTS) -> None:
        """Of at most so many accounts a tick."""
        self._engine = engine
        self._model = model
        self._most = most
        self._memory = Memory()
        self._traffic = Traffic()

    @property
    def waiting(self) -> int:
        """Dossiers of accounts that are left for later ticks."""
        return int(np.count_nonzero(self._memory.notes["due"]))

    def write(
        self, chunk: Chunk, alerts: Sequence[Alert], verdicts: Iterable[VerdictRecord], end: int
    ) -> Noted:
        """After a tick that ended at `end` (ms) was scored; `chunk` has account rows in place of codes."""
        view = self._engine.view(end)
        self._memory.reserve(len(view.names))
        touched = np.unique(chunk.rows["account"]).astype(np.int64)
        named = {one.account_id for one in verdicts}
        named |= {one.subject_id for one in alerts if one.kind == "account"}
        self._mark_changed(view, sorted(named), end)
        self._mark_grown(view, touched, end)
        accounts = self._accounts(view, end)
        campaigns = self._campaigns(view, end)
        return Noted(
            [record for record, _ in (*accounts, *campaigns)],
            [measured for _, measured in (*accounts, *campaigns)],
            self._traffic.add(chunk.rows, chunk.sketches, alerts, self._engine, end),
        )

    def state(self) -> State:
        """What `restore` needs."""
        return State(parts={"memory": self._memory.state(), "traffic": self._traffic.state()})

    def restore(self, state: State) -> None:
        """Go on from `state`."""
        self._memory = Memory.of(state.parts["memory"])
        self._traffic.restore(state.parts["traffic"])

    def _mark_changed(self, view: View, names: list[str], end: int) -> None:
        if not names:
            return
        rows = view.names.locate(names)
        notes, verdicts = self._memory.notes, self._engine.verdicts[rows]
        first = rows[verdicts["first_alert"] == end]
        notes["leaked"][first] = answered(view.rows[first])
        worth = (verdicts["score"] >= WORTH) | (notes["hour"][rows] > 0)
        due = np.where(verdicts["open"], 2, worth.astype(np.int8))
        notes["due"][rows] = np.maximum(notes["due"][rows], due)

    def _mark_grown(self, view: View, touched: NDArray[np.int64], end: int) -> None:
        """Alerted accounts that go on: their counts are shown, too."""
        notes = self._memory.notes[touched]
        more = view.rows["total"][touched] - notes["total"]
        grown = (notes["hour"] > 0) & (notes["hour"] < end // HOUR) & view.covered[touched]
        grown &= more >= np.maximum(notes["total"] // GROWN, 1)
        rows = touched[grown]
        self._memory.notes["due"][rows] = np.maximum(self._memory.notes["due"][rows], 1)

    def _accounts(self, view: View, end: int) -> list[tuple[DossierRecord, MeasurementRecord]]:
        notes = self._memory.notes
        waiting = np.flatnonzero(notes["due"])
        rows = waiting[np.argsort(-notes["due"][waiting], kind="stable")[: self._most]].astype(np.int64)
        if len(rows) == 0:
            return []
        leaked = notes["leaked"][rows].astype(np.int64)
        found = account_dossiers(self._engine, self._model, view, rows, leaked, end)
        notes["due"][rows], notes["hour"][rows] = 0, end // HOUR
        notes["total"][rows] = view.rows["total"][rows]
        return [
            (
                DossierRecord(
                    "account", one.account_id, end, packed(one),
                    tuple((thing.object_id, thing.requests) for thing in one.objects),
                ),
                MeasurementRecord(
                    "account", one.account_id, _hour(end), one.score, one.answered, one.leaked, 1, None
                ),
            )
            for one in found
        ]  # fmt: skip

    def _campaigns(self, view: View, end: int) -> list[tuple[DossierRecord, MeasurementRecord]]:
        now = {one.campaign_id: one for one in self._engine.campaigns.changed(end)}
        for one in now.values():
            self._remember(one, view)
        self._mark_grown_campaigns(view, end)
        due = [name for name, kept in self._memory.campaigns.items() if kept.due]
        if not due:
            return []
        now = {one.campaign_id: one for one in self._engine.campaigns.campaigns} | now
        over = sorted(name for name in due if name in now and now[name].status == "cleared")
        live = sorted(name for name in due if name in now and now[name].status != "cleared")
        for name in set(due) - set(now):
            self._memory.campaigns[name].due = False
        return [self._campaign(now[name], view, end) for name in (*over, *live[:CAMPAIGNS])]

    def _remember(self, one: Campaign, view: View) -> None:
        memory = self._memory
        kept = memory.campaigns.setdefault(one.campaign_id, Remembered())
        memory.add(one.campaign_id, changes(kept, one))
        kept.status, kept.merged, kept.taken_up = one.status, one.merged, len(one.migrated_from)
        kept.due = True
        if one.members:
            memory.members[one.campaign_id] = np.array(one.members, dtype=np.int64)
            total = int(view.rows["total"][memory.members[one.campaign_id]].sum())
            kept.share = min(one.requests / max(total, 1), 1.0)

    def _mark_grown_campaigns(self, view: View, end: int) -> None:
        """Campaigns that go on."""
        ids, of = self._engine.campaigns.membership
        some = np.flatnonzero(of != NOBODY)
        totals = np.bincount(of[some], view.rows["total"][some], minlength=len(ids))
        for name, total in zip(ids, totals.tolist(), strict=True):
            kept = self._memory.campaigns.get(name)
            if kept is not None and 0 < kept.hour < end // HOUR:
                kept.due |= total - kept.total >= max(kept.total // GROWN, 1)

    def _campaign(self, one: Campaign, view: View, end: int) -> tuple[DossierRecord, MeasurementRecord]:
        name, memory = one.campaign_id, self._memory
        kept, members = memory.campaigns[name], memory.members.get(name, np.zeros(0, dtype=np.int64))
        # Of one that was put away nothing is at hand.
        members = members[view.rows["total"][members] > 0]
        rows = view.rows[members]
        first, last = int(rows["first"].min(initial=end)), int(rows["last"].max(initial=0))
        uptakes = view.history.releases.uptakes
        memory.add(name, released((uptake.release for uptake in uptakes), first, last))
        leaked = memory.notes["leaked"][members].astype(np.int64)
        shown = self._engine.campaigns.evidence(name) if one.members else None
        subject = Subject(one, members, shown, leaked, kept.share, kept.moments)
        said, covered = campaign_dossier(subject, view, end)
        kept.due, kept.hour, kept.total = False, end // HOUR, int(rows["total"].sum())
        measured = MeasurementRecord(
            "campaign", name, _hour(end), said.score, said.answered, said.leaked, said.accounts, covered
        )
        return DossierRecord("campaign", name, end, packed(said)), measured


def _hour(end: int) -> int:
    return end // HOUR * HOUR
