"""Evidence, observables and resources of a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from detector.dossier.records import AccountDossier, CampaignDossier

if TYPE_CHECKING:
    from detector.exports.finding import Finding

MOST_MEMBERS: Final = 100
_MOST_OBJECTS: Final = 50
_USER_UID: Final = (31, "User Object: uid")
_FINGERPRINT: Final = (30, "Fingerprint")


def evidences(finding: Finding) -> list[dict[str, Any]]:
    """One for each account; what is shared is in their `data`, as keyed hashes."""
    dossier = finding.dossier
    if not isinstance(dossier, CampaignDossier):
        return _of_account(finding, dossier)
    found = [
        {
            "name": "member",
            "user": _user(one.account_id),
            "data": {
                "score": one.score,
                "requests": one.requests,
                "answered": one.answered,
                "joined": one.joined,
                "banned": one.banned,
                "objects": [dossier.objects[at].object_id for at in one.objects],
            },
        }
        for one in dossier.members[:MOST_MEMBERS]
    ]
    linked = [msgspec.to_builtins(one) for one in dossier.objects[:_MOST_OBJECTS]]
    return [*found, {"name": "shared objects", "data": {"objects": linked}}]


def observables(finding: Finding) -> list[dict[str, Any]]:
    """Accounts and shared objects, to pivot by."""
    dossier = finding.dossier
    accounts = [] if finding.is_campaign else [finding.subject_id]
    objects: list[str] = []
    if isinstance(dossier, CampaignDossier):
        accounts = [one.account_id for one in dossier.members[:MOST_MEMBERS]]
        objects = [one.object_id for one in dossier.objects[:_MOST_OBJECTS]]
    elif dossier is not None:
        objects = [one.object_id for one in dossier.objects[:_MOST_OBJECTS]]
    shown = [_observable("evidences[].user.uid", _USER_UID, name) for name in accounts]
    return shown + [_observable("evidences[].data.objects", _FINGERPRINT, name) for name in objects]


def resources(finding: Finding) -> list[dict[str, Any]]:
    """What is being taken: the models of the operator, where one is named."""
    return [{"type": "AI model", "name": one["ai_provider"]} for one in ai_models(finding)]


def ai_models(finding: Finding) -> list[dict[str, str]]:
    """In the shape of the object `ai_model` (OCSF 1.8.0); of its models a finding knows no names."""
    operator = finding.product.operator
    return [{"ai_provider": operator, "name": "unspecified"}] if operator else []


def _of_account(finding: Finding, dossier: AccountDossier | None) -> list[dict[str, Any]]:
    # A campaign without a dossier has nobody to name.
    if finding.is_campaign:
        return [{"name": "alert", "data": {"reasons": list(finding.alert.get("reasons", ()))}}]
    data: dict[str, Any] = {"reasons": list(finding.alert.get("reasons", ()))}
    if dossier is not None:
        data["objects"] = [msgspec.to_builtins(one) for one in dossier.objects[:_MOST_OBJECTS]]
        data["facts"] = dict(dossier.facts)
    return [{"name": "account", "user": _user(finding.subject_id), "data": data}]


def _user(account_id: str) -> dict[str, Any]:
    return {"uid": account_id, "type_id": 1, "type": "User"}


def _observable(name: str, kind: tuple[int, str], value: str) -> dict[str, Any]:
    return {"name": name, "type_id": kind[0], "type": kind[1], "value": value}
