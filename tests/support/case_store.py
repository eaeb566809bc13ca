"""What a leader found, put into a store whose console follows."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

import msgspec

from detector.casework.keeper import CaseKeeper
from detector.dossier.bodies import packed
from detector.dossier.records import AccountDossier
from detector.store.findings import AlertRecord, DossierRecord, Findings
from detector.store.opening import open_database, open_store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detector.alert import Alert
    from detector.dossier.records import CampaignDossier

_LONG: Final = 1 << 50


def add_findings(
    url: str, alerts: Sequence[Alert], dossiers: Sequence[AccountDossier | CampaignDossier] = (), **more: Any
) -> list[str]:
    """Conclude one more tick and let cases follow; the cases' ids, which are the alerts'."""
    now = time.time_ns() // 1_000_000
    with closing(open_store(url)) as store:
        lease = store.lead("leader", 0, _LONG)
        assert lease is not None
        tick = (store.leadership().concluded or 0) + 1
        records = [_alert(one) for one in alerts]
        found = Findings(tick, records, dossiers=[_dossier(one) for one in dossiers], **more)
        store.conclude(lease, found, now)
    with closing(open_database(url)) as database:
        keeper = CaseKeeper(database)
        while keeper.follow(now):
            pass
    return [one.alert_id for one in alerts]


def _alert(one: Alert) -> AlertRecord:
    body = msgspec.json.encode(one.to_json())
    return AlertRecord(
        one.alert_id, one.revision, one.time, one.kind, one.subject_id, one.label, one.score, one.status, body
    )


def _dossier(one: AccountDossier | CampaignDossier) -> DossierRecord:
    if isinstance(one, AccountDossier):
        objects = tuple((shown.object_id, shown.requests) for shown in one.objects)
        return DossierRecord("account", one.account_id, one.time, packed(one), objects)
    return DossierRecord("campaign", one.campaign_id, one.time, packed(one))
