"""`stillwatch campaigns`: the groups of linked accounts that a replay found."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from detector.cli.campaign_tables import campaign_table
from detector.cli.compose import told_plainly
from detector.report.campaigns import SUSPECT, is_of, ranked, summary
from detector.report.findings import Findings

if TYPE_CHECKING:
    from detector.campaigns.campaign import Campaign

_SHOWN = 40


class Label(StrEnum):
    """What a campaign may be."""

    DISTILLATION = "distillation"
    RELAY = "relay"
    BENIGN = "benign"


def campaigns_command(
    findings: Annotated[Path, typer.Argument(help="Folder that `stillwatch replay` wrote.")],
    label: Annotated[
        list[Label] | None,
        typer.Option(
            "--label",
            help="Only groups of this label; may be given again. Left out: distillation and relay. "
            "A pre-campaign is listed with distillation.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print all of them as JSON instead.")] = False,
) -> None:
    """List groups of linked accounts, the most probable first, and of those the largest.

    Example:
      stillwatch campaigns findings
    """
    with told_plainly():
        found = Findings.read(findings)
    labels = tuple(one.value for one in label) if label else SUSPECT
    chosen = ranked(found.campaigns, labels)
    if as_json:
        told = [summary(found, one) for one in chosen]
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    for line in show_campaigns(Console(), chosen) + _others(found, labels):
        typer.echo(line)
    if chosen:
        typer.echo(f"next: stillwatch explain {chosen[0].campaign_id} --from {findings}")


def show_campaigns(console: Console, chosen: list[Campaign]) -> list[str]:
    """Print a table of campaigns; what else there is to say."""
    if not chosen:
        return [
            "No campaigns: no accounts share enough that is rare. That is no proof.",
            "What links accounts is what the log says of them: messages or sketches, payment_fingerprint,",
            "device_id, client_ip, user_agent, ja4, account_created and signup_channel.",
        ]
    console.print(campaign_table(chosen[:_SHOWN]))
    more = len(chosen) - _SHOWN
    return [f"and {more:,} more, less probable: --json prints all"] if more > 0 else []


def _others(found: Findings, labels: tuple[str, ...]) -> list[str]:
    """Groups that the labels asked for leave out."""
    counts = {
        label.value: sum(one.label == label and not is_of(one, labels) for one in found.campaigns)
        for label in Label
        if label not in labels
    }
    return [
        f"{count:,} {label} not shown: --label {label} shows them" for label, count in counts.items() if count
    ]
