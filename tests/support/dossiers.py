"""Dossiers to test with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detector.dossier.bodies import packed
from detector.dossier.records import AccountDossier, Pointer, ShownObject, Weighed
from detector.store.findings import DossierRecord, MeasurementRecord

if TYPE_CHECKING:
    from collections.abc import Mapping


def account_dossier(account_id: str, **changes: Any) -> AccountDossier:
    """What is known of an account."""
    values: dict[str, Any] = {
        "time": 100,
        "label": "distillation",
        "score": 0.9,
        "relay": 0.1,
        "campaign_id": None,
        "model_id": "sw-test",
        "requests": 50,
        "answered": 40,
        "leaked": 30,
        "first_seen": 1,
        "last_seen": 90,
        "first_alert": 100,
        "rest": -1.0,
        "features": (Weighed("wrapper_share", 2.0, 0.9, None, 0.1, 0.4),),
        "objects": (ShownObject("head:1", "head", 3, 7),),
        "facts": {"age": "3 days"},
        "against": (Pointer("age", "an old customer"),),
    }
    return AccountDossier(account_id, **(values | changes))


def dossier_record(said: AccountDossier, objects: Mapping[str, int] | None = None) -> DossierRecord:
    """As the leader stores it."""
    shown = tuple((objects or {}).items())
    return DossierRecord("account", said.account_id, said.time, packed(said), shown)


def measurement(account_id: str, time: int, score: float) -> MeasurementRecord:
    """How an account stood."""
    return MeasurementRecord("account", account_id, time, score, 10, 5, 1, None)
