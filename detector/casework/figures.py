"""What dossiers say of cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
import zstandard
from sqlalchemy import select, tuple_

from detector.casework.projecting import Figures
from detector.dossier.bodies import unpacked
from detector.dossier.records import AccountDossier, CampaignDossier
from detector.store.dossier_schema import dossiers
from detector.store.part import batches
from detector.store.schema import verdicts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Row
    from sqlalchemy.engine import Connection

    from detector.casework.records import Case

Subject = tuple[str, str]
"""kind and id"""
_BATCH: Final = 500


def figures_of(connection: Connection, subjects: Iterable[Subject]) -> dict[Subject, Figures]:
    """Of those that have a dossier which can be read."""
    found: dict[Subject, Figures] = {}
    for batch in batches(dict.fromkeys(subjects), _BATCH):
        mine = tuple_(dossiers.c.kind, dossiers.c.subject_id).in_(batch)
        found.update(_read(connection.execute(select(dossiers).where(mine))))
    return found


def campaigns_of(connection: Connection, found: Iterable[Case]) -> dict[str, str]:
    """The campaigns that verdicts put accounts into, for those that have no dossier yet."""
    homes: dict[str, str] = {}
    for batch in batches(case.subject_id for case in found if case.kind == "account"):
        query = select(verdicts.c.account_id, verdicts.c.campaign_id)
        mine = verdicts.c.account_id.in_(batch) & verdicts.c.campaign_id.is_not(None)
        homes.update((account, campaign) for account, campaign in connection.execute(query.where(mine)))
    return homes


def _read(rows: Iterable[Row[Any]]) -> Iterator[tuple[Subject, Figures]]:
    for row in rows:
        try:
            yield (row.kind, row.subject_id), _figures(row.kind, row.body)
        except (msgspec.MsgspecError, zstandard.ZstdError):
            # The case stands without its figures, and a queue that stops for one of them helps nobody.
            continue


def _figures(kind: str, body: bytes) -> Figures:
    if kind == "campaign":
        group = unpacked(body, CampaignDossier)
        return Figures(
            group.campaign_id, group.accounts, group.answered, group.leaked, group.first_seen, group.last_seen
        )
    one = unpacked(body, AccountDossier)
    return Figures(one.campaign_id, 1, one.answered, one.leaked, one.first_seen, one.last_seen)
