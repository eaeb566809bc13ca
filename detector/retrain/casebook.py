"""Labels of all cases that people judged, from the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from detector.casework.listing import CaseList
from detector.casework.records import CaseQuery
from detector.retrain.verdicts import from_cases
from detector.store.concluding import SqlFindings
from detector.store.opening import open_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detector.casework.records import Case
    from detector.casework.statuses import Verdict
    from detector.retrain.labels import Label
    from detector.store.database import Database

_TEACHING: Final[tuple[Verdict, ...]] = (
    "true_positive_impact", "true_positive_no_impact", "false_positive", "benign_positive",
)  # fmt: skip
_PAGE: Final = 500


def labels_of_store(url: str) -> list[Label]:
    """Labels of the judged cases in a store; raises `StoreError` where there is none."""
    database = open_database(url)
    try:
        return list(from_cases(_judged(database), _members(database)))
    finally:
        database.close()


def _judged(database: Database) -> Iterator[Case]:
    listed = CaseList(database)
    for verdict in _TEACHING:
        query, cursor = CaseQuery(queue=None, verdict=verdict), None
        while True:
            page = listed.page(query, cursor, _PAGE)
            yield from page.items
            cursor = page.cursor
            if cursor is None:
                break


def _members(database: Database) -> dict[str, list[str]]:
    """Accounts of each campaign, by what is thought of them now."""
    stored, found, after = SqlFindings(database), dict[str, str | None](), 0
    while some := stored.verdicts(after, _PAGE):
        found |= {one.verdict.account_id: one.verdict.campaign_id for one in some}
        after = some[-1].version
    members: dict[str, list[str]] = {}
    for account, campaign in sorted(found.items()):
        if campaign is not None:
            members.setdefault(campaign, []).append(account)
    return members
