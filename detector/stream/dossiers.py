"""What ticks changed for people to look at: dossiers, measurements and series, a bounded number a tick.

They follow from the ticks alone, so that who repeats ticks after a crash writes the same. An account that
stands under another label or campaign than it was shown under is written at once, others in rounds: scores
of accounts that nobody acts on move often. Where more is due than there is time for, the alerted come first,
and the others with later ticks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from detector.campaigns.identity import NOBODY
from detector.dossier.accounts import account_dossiers
from detector.dossier.answers import answered
from detector.dossier.bodies import compressor, packed
from detector.dossier.campaigns import Subject, campaign_dossier
from detector.dossier.memory import Memory, Remembered, standing
from detector.dossier.moments import changes, released
from detector.dossier.traffic import Traffic
from detector.store.findings import DossierRecord, MeasurementRecord
from detector.stream.findings import WORTH
from features.account.fold import HOUR
from features.state import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
ROUND: Final = HOUR
"""Event time from one round to the next: how long a dossier waits whose subject stands as it stood."""
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
        self._compress = compressor()

    @property
    def waiting(self) -> int:
        """Dossiers of accounts that are left for later ticks."""
        return len(self._memory.waiting)

    def write(
        self, chunk: Chunk, alerts: Sequence[Alert], verdicts: Iterable[VerdictRecord], end: int
    ) -> Noted:
        """After a tick that ended at `end` (ms) was scored; `chunk` has account rows in place of codes."""
        view = self._engine.view(end)
        self._memory.reserve(len(view.names))
        self._mark_changed(view, alerts, verdicts, end)
        changed = self._engine.campaigns.changed(end)
        for one in changed:
            self._remember(one, view)
        if self._memory.round != end // ROUND:
            self._mark_grown(view, end)
            self._mark_grown_campaigns(view, end)
            self._memory.begin(end // ROUND)
        told = [*self._accounts(view, end), *self._campaigns(changed, view, end)]
        return Noted(
            [record for record, _ in told],
            [measured for _, measured in told],
            self._traffic.add(chunk.rows, chunk.sketches, alerts, self._engine, end),
        )

    def state(self) -> State:
        """What `restore` needs."""
        return State(parts={"memory": self._memory.state(), "traffic": self._traffic.state()})

    def restore(self, state: State) -> None:
        """Go on from `state`."""
        self._memory = Memory.of(state.parts["memory"])
        self._traffic.restore(state.parts["traffic"])

    def _mark_changed(
        self, view: View, alerts: Sequence[Alert], verdicts: Iterable[VerdictRecord], end: int
    ) -> None:
        """At once those that are alerted and those that had a dossier, where they stand differently now."""
        named = {one.subject_id: 0 for one in alerts if one.kind == "account"}
        named |= {one.account_id: standing(one.label, one.campaign_id) for one in verdicts}
        if not named:
            return
        rows = view.names.locate(list(named)).astype(np.int64)
        notes, kept = self._memory.notes, self._engine.verdicts[rows]
        first = rows[kept["first_alert"] == end]
        if len(first):
            notes["leaked"][first] = answered(view.rows[first])
        now = np.array(list(named.values()), np.uint32)
        alerted, had = kept["open"], notes["hour"][rows] > 0
        moved = (now > 0) & (now != notes["standing"][rows]) & (alerted | had)
        worth = alerted | had | (kept["score"] >= WORTH)
        # In the order of LATER, NOW and FIRST.
        self._memory.mark(rows, worth + moved * (1 + alerted.astype(np.int8)))

    def _mark_grown(self, view: View, end: int) -> None:
        """Alerted accounts that go on: their counts are shown, too."""
        covered = np.flatnonzero(view.covered).astype(np.int64)
        notes = self._memory.notes[covered]
        more = view.rows["total"][covered] - notes["total"]
        grown = (
            (notes["hour"] > 0)
            & (notes["hour"] < end // HOUR)
            & (more >= np.maximum(notes["total"] // GROWN, 1))
        )
        self._memory.mark(covered, grown.astype(np.int8))

    def _accounts(self, view: View, end: int) -> list[tuple[DossierRecord, MeasurementRecord]]:
        rows, notes = self._memory.take(self._most), self._memory.notes
        if len(rows) == 0:
            return []
        leaked = notes["leaked"][rows].astype(np.int64)
        found = account_dossiers(self._engine, self._model, view, rows, leaked, end)
        notes["hour"][rows], notes["total"][rows] = end // HOUR, view.rows["total"][rows]
        notes["standing"][rows] = [standing(one.label, one.campaign_id) for one in found]
        return [
            (
                DossierRecord(
                    "account", one.account_id, end, packed(one, self._compress),
                    tuple((thing.object_id, thing.requests) for thing in one.objects),
                ),
                MeasurementRecord(
                    "account", one.account_id, _hour(end), one.score, one.answered, one.leaked, 1, None
                ),
            )
            for one in found
        ]  # fmt: skip

    def _campaigns(
        self, changed: Sequence[Campaign], view: View, end: int
    ) -> list[tuple[DossierRecord, MeasurementRecord]]:
        due = self._memory.due
        if not due:
            return []
        now = {one.campaign_id: one for one in (*self._engine.campaigns.campaigns, *changed)}
        due &= now.keys()
        over = sorted(name for name in due if now[name].status == "cleared")
        live = sorted(name for name in due if now[name].status != "cleared")
        return [self._campaign(now[name], view, end) for name in (*over, *live[:CAMPAIGNS])]

    def _remember(self, one: Campaign, view: View) -> None:
        memory = self._memory
        kept = memory.campaigns.setdefault(one.campaign_id, Remembered())
        memory.add(one.campaign_id, changes(kept, one))
        kept.status, kept.merged, kept.taken_up = one.status, one.merged, len(one.migrated_from)
        memory.due.add(one.campaign_id)
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
            if (
                kept is not None
                and 0 < kept.hour < end // HOUR
                and total - kept.total >= max(kept.total // GROWN, 1)
            ):
                self._memory.due.add(name)

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
        said, covered = campaign_dossier(subject, view, self._model.populations, end)
        memory.due.discard(name)
        kept.hour, kept.total = end // HOUR, int(rows["total"].sum())
        measured = MeasurementRecord(
            "campaign", name, _hour(end), said.score, said.answered, said.leaked, said.accounts, covered
        )
        return DossierRecord("campaign", name, end, packed(said, self._compress)), measured


def _hour(end: int) -> int:
    return end // HOUR * HOUR
