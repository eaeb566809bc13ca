"""A desk where cases are worked on, over a store, and a detector that concludes what it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detector.casework.bulk import BulkChanges
from detector.casework.cases import Cases
from detector.casework.exempting import Exceptions
from detector.casework.keeper import CaseKeeper
from detector.casework.notes import Notes
from detector.casework.records import CaseQuery, Change
from detector.dossier.bodies import packed
from detector.dossier.records import AccountDossier
from detector.store.findings import AlertRecord, DossierRecord, Findings

if TYPE_CHECKING:
    from detector.casework.records import BulkChange, Case
    from detector.store.database import Database
    from detector.store.interface import Store

ANYWHERE = CaseQuery(queue=None)


class Desk:
    """All parts over one store, and a detector that concludes what it is told."""

    def __init__(self, store: Store, database: Database) -> None:
        self.store, self.database = store, database
        self.cases, self.keeper = Cases(database), CaseKeeper(database)
        self.exceptions, self.notes = Exceptions(database), Notes(database)
        self.bulk = BulkChanges(database)
        self.tick = 0
        lease = store.lead("leader", 0, 1 << 40)
        assert lease is not None
        self.lease = lease

    def found(self, *alerts: AlertRecord, now: int = 0, dossiers: tuple[DossierRecord, ...] = ()) -> None:
        """Conclude a tick, and let the keeper follow."""
        self.tick += 1
        self.store.conclude(self.lease, Findings(self.tick, alerts, dossiers=dossiers), now)
        self.keeper.follow(now)

    def ids(self, query: CaseQuery = ANYWHERE) -> list[str]:
        """The first page's cases."""
        return [case.case_id for case in self.cases.page(query).items]

    def all_cases(self) -> list[Case]:
        """Of the first page, of any queue."""
        return list(self.cases.page(ANYWHERE, limit=500).items)

    def to_the_end(self, query: CaseQuery, change: Change, why: str = "") -> BulkChange:
        """A change of all cases of a query, by one process."""
        found = self.bulk.begin(query, change, "ann", why, 7)
        while found.ended is None:
            found = self.bulk.step(found.job_id, 7)
        return found

    def queue(self, case_id: str) -> str:
        """Where a case is listed."""
        return self.cases.case(case_id).queue


def alert(number: int, revision: int = 1, **changes: Any) -> AlertRecord:
    """A revision of an alert."""
    values: dict[str, Any] = {
        "kind": "account", "label": "distillation", "score": 0.9, "status": "open", "body": b"{}",
        "time": 100 * revision, "subject_id": f"acc-{number}",
    } | changes  # fmt: skip
    return AlertRecord(f"alr_{number}", revision, **values)


def dossier(account: str, time: int = 100, objects: tuple[str, ...] = (), **changes: Any) -> DossierRecord:
    """What is known of an account."""
    values: dict[str, Any] = {
        "time": time, "label": "distillation", "score": 0.9, "relay": 0.0, "campaign_id": None,
        "model_id": "m", "requests": 9, "answered": 8, "leaked": 7, "first_seen": 50, "last_seen": time,
        "first_alert": 100, "rest": 0.0, "features": (), "objects": (), "facts": {}, "against": (),
    } | changes  # fmt: skip
    body = packed(AccountDossier(account_id=account, **values))
    return DossierRecord("account", account, time, body, tuple((one, 3) for one in objects))
