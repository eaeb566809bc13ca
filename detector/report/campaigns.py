"""What the report says about campaigns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from detector.alert import timestamp
from detector.campaigns.actions import techniques
from detector.campaigns.campaign import PRE_CAMPAIGN
from detector.campaigns.indicators import ADVISORY
from detector.report.graph import WIDTH, Graph, draw
from detector.report.objects import linked_by, rarity, short_name, spread
from detector.report.patterns import MOST_OBJECTS, patterns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from detector.campaigns.campaign import Campaign, Indicator
    from detector.report.findings import Findings

SUSPECT: Final = ("distillation", "relay")
"""Labels of campaigns that are worth a look; benign groups are classes, companies, benchmark crowds."""

_DRAWN: Final = 6
_LISTED: Final = 50
_MEMBERS: Final = 10
_KINDS: Final = 3
_SHARED: Final = 12


@dataclass(frozen=True, slots=True)
class Member:
    """A member as it is shown."""

    account: str
    score: float
    """its own"""
    events: int
    shows: int
    """of the campaign's evidence, how many objects; 0 where nobody kept who shows what"""


@dataclass(frozen=True, slots=True)
class Shared:
    """An object of the evidence in words."""

    object_id: str
    name: str
    spread: str
    rarity: str
    requests: int
    weight: float
    share: float
    """of the heaviest weight, in [0, 1]"""


@dataclass(frozen=True, slots=True)
class Card:
    """A campaign as the page shows it."""

    campaign: Campaign
    since: str
    """its first alert, to the minute; empty if it never had one"""
    events: int
    linked_by: str
    techniques: tuple[str, ...]
    evidence: tuple[Shared, ...]
    members: tuple[Member, ...]
    """the busiest"""
    graph: Graph


def ranked(campaigns: Iterable[Campaign], labels: tuple[str, ...] = SUSPECT) -> list[Campaign]:
    """Campaigns of these labels, the most probable first, of equally probable ones the largest.

    What may come before a campaign of distillation is listed with those.
    """
    chosen = [one for one in campaigns if is_of(one, labels)]
    return sorted(chosen, key=lambda one: (-round(one.score, 2), -len(one.members), one.campaign_id))


def is_of(one: Campaign, labels: tuple[str, ...]) -> bool:
    """Whether a list of these labels has it."""
    return one.label in labels or (one.status == PRE_CAMPAIGN and "distillation" in labels)


def called(one: Campaign) -> str:
    """What it is held to be, in a word."""
    return one.status if one.status == PRE_CAMPAIGN else one.label


def behaviour(seen: Indicator) -> str:
    """What an indicator is called, and whose it is."""
    source = "CISA AA26-251A, " if seen.code in ADVISORY else ""
    return source + seen.code.replace("_", " ")


def section(findings: Findings) -> dict[str, Any]:
    """What the template shows of campaigns; pools, searches and what was never alerted are counted apart."""
    found = ranked(findings.campaigns)
    alerted = sum(one.label == "distillation" and one.first_alert > 0 for one in found)
    return {
        "alerted_campaigns": alerted,
        "beside_campaigns": len(found) - alerted,
        "behaviour": behaviour,
        "cards": [card(findings, one) for one in found[:_DRAWN]],
        "listed": [summary(findings, one) for one in found[_DRAWN:_LISTED]],
        "more_campaigns": len(found[_LISTED:]),
        "set_aside": len(findings.campaigns) - len(found),
        "graph_width": WIDTH,
        "drawn_objects": MOST_OBJECTS,
    }


def card(findings: Findings, campaign: Campaign) -> Card:
    """Everything about one campaign."""
    links = findings.links_of(campaign)
    members = findings.members(campaign)
    outside = len(findings.accounts) - len(campaign.members)
    return Card(
        campaign,
        since(campaign),
        int(members["events"].sum()),
        linked_by(campaign.evidence, _KINDS),
        techniques(campaign.label),
        tuple(evidence(campaign, outside)[:_SHARED]),
        tuple(busiest(findings, campaign, _MEMBERS)),
        draw(campaign, patterns(campaign, members.index, links), outside),
    )


def summary(findings: Findings, campaign: Campaign) -> dict[str, Any]:
    """One row of a list of campaigns."""
    return {
        "campaign_id": campaign.campaign_id,
        "label": campaign.label,
        "score": round(campaign.score, 6),
        "status": campaign.status,
        "first_alert_time": timestamp(campaign.first_alert) if campaign.first_alert else None,
        "accounts": len(campaign.members),
        "events": int(findings.members(campaign)["events"].sum()),
        "shared_events": campaign.requests,
        "linked_by": linked_by(campaign.evidence, _KINDS),
        "action": campaign.action,
    }


def evidence(campaign: Campaign, outside: int) -> list[Shared]:
    """Its shared objects in words; `outside` is how many accounts are not of the campaign."""
    heaviest = max((shared.weight for shared in campaign.evidence), default=0.0)
    members = len(campaign.members)
    return [
        Shared(
            shared.object_id,
            short_name(shared),
            spread(shared, members),
            rarity(shared, outside),
            shared.requests,
            shared.weight,
            max(shared.weight, 0.0) / heaviest if heaviest > 0 else 0.0,
        )
        for shared in campaign.evidence
    ]


def busiest(findings: Findings, campaign: Campaign, most: int) -> list[Member]:
    """The members with most requests."""
    shows = findings.links_of(campaign).groupby("account_id").size()
    rows = findings.members(campaign).sort_values("events", ascending=False, kind="stable").head(most)
    return [
        Member(str(name), float(row["score"]), int(row["events"]), int(shows.get(name, 0)))
        for name, row in rows.iterrows()
    ]


def shown_by(findings: Findings, campaign: Campaign, account: str) -> list[Shared]:
    """Of the shared objects those that one member shows; all where nobody kept who shows what."""
    outside = len(findings.accounts) - len(campaign.members)
    links = findings.links_of(campaign)
    own = set(links["object"][links["account_id"] == account])
    pairs = zip(campaign.evidence, evidence(campaign, outside), strict=True)
    return [said for shared, said in pairs if links.empty or shared.object_id in own]


def since(campaign: Campaign) -> str:
    """When it was first alerted, to the minute; empty if never."""
    return timestamp(campaign.first_alert)[:16].replace("T", " ") if campaign.first_alert else ""
