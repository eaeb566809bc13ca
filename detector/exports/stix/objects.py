"""The objects of a bundle, one function each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Literal

import stix2

from detector.exports import wording
from detector.exports.atlas import technique
from detector.exports.stix.ids import identifier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detector.exports.finding import Finding

Tlp = Literal["clear", "green", "amber", "red"]
TLPS: Final[dict[Tlp, Any]] = {
    "clear": stix2.TLP_WHITE,
    "green": stix2.TLP_GREEN,
    "amber": stix2.TLP_AMBER,
    "red": stix2.TLP_RED,
}
"""As STIX 2.1 defines them, of TLP 1: what is `clear` since TLP 2 was `white`."""


def moment(ms: int) -> datetime:
    """As STIX writes it."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def common(finding: Finding, author: Any, tlp: Tlp) -> dict[str, Any]:
    """What every object that we make says."""
    return {
        "created_by_ref": author.id,
        "created": moment(min(finding.first_seen, finding.time)),
        "modified": moment(max(finding.time, finding.first_seen)),
        "object_marking_refs": [TLPS[tlp].id],
    }


def identity(finding: Finding) -> Any:
    """Who says so."""
    product = finding.product
    return stix2.Identity(
        id=identifier("identity", product.vendor, product.name),
        created=moment(0),
        modified=moment(0),
        name=product.name,
        identity_class="system",
    )


def attack_pattern(uid: str, author: Any) -> Any:
    """A technique of MITRE ATLAS."""
    known = technique(uid)
    return stix2.AttackPattern(
        id=identifier("attack-pattern", uid),
        created_by_ref=author.id,
        created=moment(0),
        modified=moment(0),
        name=known.name,
        external_references=[{"source_name": "mitre-atlas", "external_id": known.uid, "url": known.url}],
    )


def account(account_id: str) -> Any:
    """By id; its own id follows from that, as the standard says for observables."""
    return stix2.UserAccount(user_id=account_id)


def indicator(account_id: str, finding: Finding, said: dict[str, Any]) -> Any:
    """To look out for the account elsewhere."""
    quoted = account_id.replace("\\", "\\\\").replace("'", "\\'")
    return stix2.Indicator(
        id=identifier("indicator", finding.alert_id, account_id),
        name=f"Account of {wording.class_name(finding.label).lower()}",
        indicator_types=["malicious-activity"],
        pattern=f"[user-account:user_id = '{quoted}']",
        pattern_type="stix",
        valid_from=moment(finding.first_seen),
        confidence=round(100 * finding.score),
        **said,
    )


def subject(finding: Finding, accounts: Sequence[Any], said: dict[str, Any]) -> Any:
    """A campaign, or a grouping of what is known of one account."""
    words = {"name": wording.title(finding), "description": wording.sentence(finding)}
    if not finding.is_campaign:
        return stix2.Grouping(
            id=identifier("grouping", finding.alert_id),
            context="suspicious-activity",
            object_refs=[one.id for one in accounts],
            **words,
            **said,
        )
    return stix2.Campaign(
        id=identifier("campaign", finding.alert_id),
        aliases=[finding.subject_id],
        first_seen=moment(finding.first_seen),
        last_seen=moment(finding.last_seen),
        objective=wording.class_name(finding.label),
        confidence=round(100 * finding.score),
        **words,
        **said,
    )


def observed(finding: Finding, accounts: Sequence[Any], said: dict[str, Any]) -> Any:
    """That the accounts were seen, when and how often."""
    return stix2.ObservedData(
        id=identifier("observed-data", finding.alert_id),
        first_observed=moment(finding.first_seen),
        last_observed=moment(finding.last_seen),
        number_observed=_counted(finding),
        object_refs=[one.id for one in accounts],
        **said,
    )


def sighting(finding: Finding, of: Any, seen: Any, said: dict[str, Any]) -> Any:
    """That we saw it."""
    return stix2.Sighting(
        id=identifier("sighting", finding.alert_id, of.id),
        sighting_of_ref=of.id,
        observed_data_refs=[seen.id],
        where_sighted_refs=[said["created_by_ref"]],
        first_seen=moment(finding.first_seen),
        last_seen=moment(finding.last_seen),
        count=_counted(finding),
        **said,
    )


def relationship(source: Any, how: str, target: Any, said: dict[str, Any]) -> Any:
    """A line between two objects."""
    return stix2.Relationship(
        id=identifier("relationship", source.id, how, target.id),
        source_ref=source.id,
        relationship_type=how,
        target_ref=target.id,
        **said,
    )


def bundled(name: str, objects: Sequence[Any]) -> str:
    """All of them, as JSON."""
    return str(stix2.Bundle(id=name, objects=list(objects)).serialize())


def _counted(finding: Finding) -> int:
    """The standard allows 1 to 999,999,999."""
    return min(max(finding.exchanges, 1), 999_999_999)
