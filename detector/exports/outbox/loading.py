"""Dossiers of findings, out of the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import zstandard
from sqlalchemy import select

from detector.dossier.bodies import unpacked
from detector.dossier.records import AccountDossier, CampaignDossier
from detector.store.dossier_schema import dossiers
from detector.store.part import batches

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import Connection

    from detector.alert import Kind

    Dossier = AccountDossier | CampaignDossier


def dossiers_of(connection: Connection, kind: Kind, subjects: Iterable[str]) -> dict[str, Dossier]:
    """Dossiers by subject, of those that there are."""
    found: dict[str, Dossier] = {}
    for batch in batches(sorted(set(subjects))):
        mine = (dossiers.c.kind == kind) & dossiers.c.subject_id.in_(batch)
        for row in connection.execute(select(dossiers.c.subject_id, dossiers.c.body).where(mine)):
            if (dossier := _dossier(kind, row.body)) is not None:
                found[row.subject_id] = dossier
    return found


def _dossier(kind: Kind, body: bytes) -> Dossier | None:
    try:
        return unpacked(body, CampaignDossier) if kind == "campaign" else unpacked(body, AccountDossier)
    except (msgspec.MsgspecError, zstandard.ZstdError):
        # Of another release: a finding without its dossier is better than none.
        return None
