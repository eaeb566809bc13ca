"""Findings out of the store: alerts joined with their cases and dossiers."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from detector.casework.records import Case
from detector.dossier.bodies import unpacked
from detector.dossier.records import AccountDossier, CampaignDossier
from detector.store.casework_schema import case_tags, cases
from detector.store.dossier_schema import dossiers
from detector.store.part import batches

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import Connection

    from detector.alert import Kind

    Dossier = AccountDossier | CampaignDossier


def cases_of(connection: Connection, ids: Iterable[str]) -> dict[str, Case]:
    """Cases by id, of those that there are."""
    found: dict[str, Case] = {}
    for batch in batches(sorted(set(ids))):
        tags = _tags(connection, batch)
        for row in connection.execute(select(cases).where(cases.c.case_id.in_(batch))):
            found[row.case_id] = _case(row._mapping, tuple(tags.get(row.case_id, ())))  # noqa: SLF001 - public
    return found


def dossiers_of(connection: Connection, kind: Kind, subjects: Iterable[str]) -> dict[str, Dossier]:
    """Dossiers by subject, of those that there are."""
    found: dict[str, Dossier] = {}
    for batch in batches(sorted(set(subjects))):
        mine = (dossiers.c.kind == kind) & dossiers.c.subject_id.in_(batch)
        for row in connection.execute(select(dossiers.c.subject_id, dossiers.c.body).where(mine)):
            found[row.subject_id] = _dossier(kind, row.body)
    return found


def _dossier(kind: Kind, body: bytes) -> Dossier:
    return unpacked(body, CampaignDossier) if kind == "campaign" else unpacked(body, AccountDossier)


def _tags(connection: Connection, ids: list[str]) -> dict[str, list[str]]:
    query = select(case_tags.c.case_id, case_tags.c.tag).where(case_tags.c.case_id.in_(ids))
    found: dict[str, list[str]] = {}
    for row in connection.execute(query.order_by(case_tags.c.tag)):
        found.setdefault(row.case_id, []).append(row.tag)
    return found


def _case(row: Any, tags: tuple[str, ...]) -> Case:
    said = {field.name: row[field.name] for field in fields(Case) if field.name != "tags"}
    return Case(**said, tags=tags)
