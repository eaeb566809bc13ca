"""What people look at, read back from the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec
from sqlalchemy import func, select

from detector.dossier.bodies import unpacked
from detector.dossier.records import (
    AccountDossier,
    CampaignDossier,
    Measurement,
    Point,
    Sample,
    Sharing,
)
from detector.dossier.series import STANDING
from detector.store.dossier_schema import (
    dossiers,
    measurements,
    organisations,
    samples,
    series,
    shared_objects,
)
from detector.store.part import SqlPart
from detector.store.schema import verdicts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row, Select

Kind = Literal["account", "campaign"]


class Dossiers(SqlPart):
    """Safe to share between threads. Times are ms of event time."""

    def account(self, account_id: str) -> AccountDossier | None:
        """The latest of an account; None where the leader wrote none."""
        body = self._body("account", account_id)
        return None if body is None else unpacked(body, AccountDossier)

    def campaign(self, campaign_id: str) -> CampaignDossier | None:
        """The latest of a campaign; None where the leader wrote none."""
        body = self._body("campaign", campaign_id)
        return None if body is None else unpacked(body, CampaignDossier)

    def latest_accounts(self, limit: int) -> list[AccountDossier]:
        """Those of accounts that were written last, the latest first."""
        mine = select(dossiers.c.body).where(dossiers.c.kind == "account")
        rows = self._rows(mine.order_by(dossiers.c.time.desc()).limit(limit))
        return [unpacked(row.body, AccountDossier) for row in rows]

    def history(self, kind: Kind, subject_id: str, since: int = 0) -> list[Measurement]:
        """How a subject stood from a time on, oldest first; at most one an hour."""
        mine = (measurements.c.kind == kind) & (measurements.c.subject_id == subject_id)
        query = select(measurements).where(mine, measurements.c.time >= since).order_by(measurements.c.time)
        return [
            Measurement(row.time, row.score, row.exchanges, row.leaked, row.accounts, row.coverage)
            for row in self._rows(query)
        ]

    def series(self, names: Sequence[str], since: int, step: int) -> dict[str, list[Point]]:
        """Numbers by name and step of `step` ms, oldest first; a step without events has none."""
        begun = (series.c.time // step) * step
        query = (
            select(
                series.c.name,
                begun.label("begun"),
                func.sum(series.c.value).label("total"),
                func.max(series.c.value).label("most"),
            )
            .where(series.c.name.in_(names), series.c.time >= since)
            .group_by(series.c.name, begun)
            .order_by(begun)
        )
        out: dict[str, list[Point]] = {name: [] for name in names}
        for row in self._rows(query):
            out[row.name].append(Point(row.begun, row.most if row.name in STANDING else row.total))
        return out

    def sharing(self, object_id: str, limit: int) -> list[Sharing]:
        """Accounts with a dossier that show an object, those of the highest score first."""
        query = (
            select(shared_objects, verdicts.c.label, verdicts.c.score, verdicts.c.status)
            .outerjoin(verdicts, verdicts.c.account_id == shared_objects.c.account_id)
            .where(shared_objects.c.object_id == object_id)
            .order_by(func.coalesce(verdicts.c.score, 0).desc(), shared_objects.c.account_id)
            .limit(limit)
        )
        return [
            Sharing(row.account_id, row.requests, row.label, row.score, row.status)
            for row in self._rows(query)
        ]

    def samples(self, account_id: str) -> list[Sample]:
        """Requests that were kept of an account, oldest first; their content is sealed."""
        mine = samples.c.account_id == account_id
        query = select(samples).where(mine).order_by(samples.c.time, samples.c.event_id)
        return [_sample(row) for row in self._rows(query)]

    def organisation(self, account_id: str) -> str | None:
        """The organisation of an account, if its events named one."""
        query = select(organisations.c.org_id).where(organisations.c.account_id == account_id)
        found = self._rows(query)
        return found[0].org_id if found else None

    def members(self, org_id: str, limit: int) -> list[str]:
        """Accounts of an organisation, by id."""
        query = select(organisations.c.account_id).where(organisations.c.org_id == org_id)
        rows = self._rows(query.order_by(organisations.c.account_id).limit(limit))
        return [row.account_id for row in rows]

    def _body(self, kind: Kind, subject_id: str) -> bytes | None:
        mine = (dossiers.c.kind == kind) & (dossiers.c.subject_id == subject_id)
        found = self._rows(select(dossiers.c.body).where(mine))
        return found[0].body if found else None

    def _rows(self, query: Select[Any]) -> Sequence[Row[Any]]:
        with self._database.reading() as connection:
            return connection.execute(query).all()


def _sample(row: Row[Any]) -> Sample:
    facts = msgspec.json.decode(row.facts, type=dict[str, str])
    return Sample(row.account_id, row.event_id, row.time, facts, row.content)
