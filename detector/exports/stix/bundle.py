"""A finding as a bundle of STIX 2.1.

Networks and clients are known as keyed hashes only, so that there are no `ipv4-addr` or `autonomous-system`:
what others could not look up is not for exchange.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from detector.dossier.records import CampaignDossier
from detector.exports.stix import objects
from detector.exports.stix.ids import identifier

if TYPE_CHECKING:
    from detector.exports.finding import Finding
    from detector.exports.stix.objects import Tlp

MOST_ACCOUNTS: Final = 200
"""The busiest; a bundle is for exchange, and the others are behind the campaign's name."""


def bundle(finding: Finding, tlp: Tlp = "amber") -> str:
    """JSON; the same finding gives the same bytes."""
    author = objects.identity(finding)
    said = objects.common(finding, author, tlp)
    names = _accounts(finding)
    accounts = [objects.account(name) for name in names]
    indicators = [objects.indicator(name, finding, said) for name in names]
    patterns = [objects.attack_pattern(uid, author) for uid in finding.alert.get("techniques", ())]
    made = [objects.TLPS[tlp], author, *patterns, *accounts, *indicators]
    if finding.is_campaign:
        made += _campaign(finding, accounts, indicators, patterns, said)
    else:
        made += _account(finding, accounts, indicators, patterns, said)
    return objects.bundled(identifier("bundle", finding.alert_id, str(finding.revision)), made)


def _campaign(
    finding: Finding, accounts: list[Any], indicators: list[Any], patterns: list[Any], said: dict[str, Any]
) -> list[Any]:
    campaign = objects.subject(finding, accounts, said)
    made = [campaign, *(objects.relationship(campaign, "uses", one, said) for one in patterns)]
    made += [objects.relationship(one, "indicates", campaign, said) for one in indicators]
    if accounts:
        seen = objects.observed(finding, accounts, said)
        made += [seen, objects.sighting(finding, campaign, seen, said)]
    return made


def _account(
    finding: Finding, accounts: list[Any], indicators: list[Any], patterns: list[Any], said: dict[str, Any]
) -> list[Any]:
    seen = objects.observed(finding, accounts, said)
    lines = [objects.relationship(one, "indicates", way, said) for one in indicators for way in patterns]
    sightings = [objects.sighting(finding, one, seen, said) for one in indicators]
    grouped = objects.subject(finding, [*accounts, *indicators, *patterns, seen], said)
    return [seen, *lines, *sightings, grouped]


def _accounts(finding: Finding) -> list[str]:
    if not finding.is_campaign:
        return [finding.subject_id]
    if not isinstance(finding.dossier, CampaignDossier):
        return []
    return [one.account_id for one in finding.dossier.members[:MOST_ACCOUNTS]]
