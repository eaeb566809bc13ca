"""Campaigns as tables and lines of a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from detector.cli.show import printable
from detector.report.campaigns import behaviour, called, since
from detector.report.objects import linked_by

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from detector.campaigns.campaign import Campaign
    from detector.report.campaigns import Member, Shared

_KINDS = 3
_NAMED = 8
_CELLS = 12
"""of the bar of the heaviest weight"""


def campaign_table(campaigns: Iterable[Campaign]) -> Table:
    """A row for each campaign, in the order given."""
    table = Table(title="Campaigns", title_justify="left", show_lines=True)
    table.add_column("campaign, label, score", no_wrap=True)
    for name in ("members", "requests"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("since (UTC)", width=10)
    table.add_column("linked by; advised")
    for one in campaigns:
        told = Text(linked_by(one.evidence, _KINDS)).append(f"\n{printable(one.action)}", style="dim")
        name = f"{printable(one.campaign_id)}\n{called(one)} {one.score:.4f}"
        members, requests = f"{len(one.members):,}", f"{one.requests:,}"
        table.add_row(Text(name), members, requests, since(one) or "never alerted", told)
    return table


def membership_line(one: Campaign) -> str:
    """Of what campaign an account is."""
    return (
        f"in campaign {printable(one.campaign_id)}: {called(one)}, score {one.score:.4f}, "
        f"{len(one.members):,} members"
    )


def campaign_lines(one: Campaign, events: int, *, shadow: bool) -> list[str]:
    """What was decided about a campaign, and what is advised, in a few lines."""
    alerted = f"first alert {since(one)} UTC, {one.status}" if one.first_alert else "never alerted"
    said = " (shadow: thresholds not calibrated)" if shadow else ""
    counts = f"{len(one.members):,} members; {one.requests:,} requests in common, {events:,} in all"
    return [
        f"{printable(one.campaign_id)}: {called(one)}, {alerted}{said}",
        f"score {one.score:.4f} distillation; {counts}",
        f"advised: {printable(one.action)}",
    ]


def heir_lines(one: Campaign, asked: str) -> list[str]:
    """That a campaign is told of under another id; nothing where it has the one that was asked for."""
    if asked == one.campaign_id:
        return []
    return [f"{printable(asked)} turned out to be part of {printable(one.campaign_id)}, which is shown here"]


def history_lines(one: Campaign) -> list[str]:
    """Indicators, migrations, merges and splits; nothing of what there was none."""
    said = [f"{behaviour(seen)}: {printable(seen.detail)}" for seen in one.indicators]
    if one.migrated_from:
        names = _names(one.migrated_from)
        said.append(f"took up the work of accounts that went silent or were banned: {names}")
    if one.merged:
        said.append(f"also known as {_names(one.merged)}, which turned out to be the same")
    if one.split_from:
        said.append(f"once part of {printable(one.split_from)}")
    return said


def evidence_table(shared: Sequence[Shared], title: str) -> Table:
    """What accounts share, how many of the members show it, and who else does."""
    table = Table(title=title, title_justify="left")
    for name in ("shared", "members who show it", "who else does", "requests", "weight"):
        table.add_column(name, justify="right" if name == "requests" else "left")
    for one in shared:
        weight = Text("█" * round(_CELLS * one.share), style="red").append(
            f" {one.weight:.2f}", style="default"
        )
        table.add_row(Text(printable(one.name)), one.spread, one.rarity, f"{one.requests:,}", weight)
    return table


def member_table(members: Sequence[Member], objects: int) -> Table:
    """The busiest members; `objects` is how many the evidence has."""
    table = Table(title="Busiest members", title_justify="left")
    for name in ("account", "own score", "requests", "shared objects shown"):
        table.add_column(name, justify="left" if name == "account" else "right")
    for one in members:
        shows = f"{one.shows} of {objects}" if one.shows else ""
        table.add_row(Text(printable(one.account)), f"{one.score:.4f}", f"{one.events:,}", shows)
    return table


def reason_table(reasons: Sequence[Mapping[str, Any]]) -> Table:
    """The parts of a campaign's score, as its latest alert gave them."""
    table = Table(title="What its alert says", title_justify="left")
    for name in ("reason", "weight", "detail"):
        table.add_column(name)
    for reason in reasons:
        table.add_row(reason["code"], f"{reason['weight']:+.2f}", Text(printable(reason["detail"])))
    return table


def _names(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    said = ", ".join(printable(name) for name in names[:_NAMED])
    return f"{said} and {more:,} more" if more > 0 else said
