"""What `stillwatch explain` says of a campaign."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from detector.alert import timestamp
from detector.campaign_outputs import shared_to_json
from detector.campaigns.actions import techniques
from detector.cli.campaign_tables import (
    campaign_lines,
    evidence_table,
    heir_lines,
    history_lines,
    member_table,
    reason_table,
)
from detector.cli.show import revision_table
from detector.report.campaigns import busiest, evidence, shown_by, summary

if TYPE_CHECKING:
    from rich.console import Console

    from detector.campaigns.campaign import Campaign
    from detector.report.findings import Findings

_SHOWN = 12


def show_campaign(console: Console, found: Findings, campaign: Campaign, *, asked: str) -> None:
    """Print everything about a campaign that fits on a screen or two; `asked` is the id that was given."""
    events = int(found.members(campaign)["events"].sum())
    said = campaign_lines(campaign, events, shadow=found.summary["mode"] == "shadow")
    for line in heir_lines(campaign, asked) + said + history_lines(campaign):
        console.print(line, markup=False, highlight=False)
    outside = len(found.accounts) - len(campaign.members)
    console.print(evidence_table(evidence(campaign, outside)[:_SHOWN], "What links it"))
    if len(campaign.evidence) > _SHOWN:
        console.print(f"and {len(campaign.evidence) - _SHOWN:,} lighter ones", style="dim", highlight=False)
    console.print(member_table(busiest(found, campaign, _SHOWN), len(campaign.evidence)))
    if len(campaign.members) > _SHOWN:
        console.print("--json names all members", style="dim", highlight=False)
    if revisions := found.revisions(campaign.campaign_id, "campaign"):
        console.print(reason_table(revisions[-1]["reasons"]))
        console.print(revision_table(revisions))


def campaign_to_json(found: Findings, campaign: Campaign) -> dict[str, Any]:
    """Everything that is known of a campaign, all members included."""
    members = busiest(found, campaign, len(campaign.members))
    return {
        **summary(found, campaign),
        "updated": timestamp(campaign.updated),
        "techniques": techniques(campaign.label),
        "evidence": [shared_to_json(shared) for shared in campaign.evidence],
        "indicators": [asdict(seen) for seen in campaign.indicators],
        "migrated_from": campaign.migrated_from,
        "merged": campaign.merged,
        "split_from": campaign.split_from,
        "revisions": found.revisions(campaign.campaign_id, "campaign"),
        "members": [asdict(member) for member in members],
        "model_id": found.summary["model"],
        "mode": found.summary["mode"],
    }


def membership_to_json(found: Findings, account: str) -> dict[str, Any] | None:
    """Which campaign an account is of, and through what; None if it is of none."""
    campaign = found.campaign_of(account)
    if campaign is None:
        return None
    return {
        "campaign_id": campaign.campaign_id,
        "label": campaign.label,
        "score": round(campaign.score, 6),
        "accounts": len(campaign.members),
        "objects": [shared.object_id for shared in shown_by(found, campaign, account)],
    }
