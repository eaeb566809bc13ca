"""What the desk reads and writes: one database by its parts, and who may command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from detector.casework.bulk import BulkChanges
from detector.casework.cases import Cases
from detector.casework.exempting import Exceptions
from detector.casework.notes import Notes
from detector.casework.related import Related
from detector.casework.views import Views
from detector.dossier.reading import Dossiers
from detector.exports.outbox.deliveries import Deliveries
from detector.exports.sinks.registry import Sinks

if TYPE_CHECKING:
    from detector.people.people import SqlPeople
    from detector.store.database import Database
    from detector.store.interface import Store


@dataclass(frozen=True, slots=True)
class Sources:
    """Any thread may use them."""

    database: Database
    store: Store
    people: SqlPeople
    cases: Cases
    bulk: BulkChanges
    notes: Notes
    exceptions: Exceptions
    related: Related
    views: Views
    dossiers: Dossiers
    sinks: Sinks
    deliveries: Deliveries


def make_sources(database: Database, store: Store, people: SqlPeople) -> Sources:
    """All parts over one database; `store` and `people` are over the same."""
    return Sources(
        database,
        store,
        people,
        Cases(database),
        BulkChanges(database),
        Notes(database),
        Exceptions(database),
        Related(database),
        Views(database),
        Dossiers(database),
        Sinks(database),
        Deliveries(database),
    )
