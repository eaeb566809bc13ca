"""`stillwatch explain`: why an account has its score, or what a campaign is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from detector.cli.campaign_tables import evidence_table, membership_line
from detector.cli.compose import ModelOption, set_up, told_plainly
from detector.cli.explain_campaign import campaign_to_json, membership_to_json, show_campaign
from detector.cli.show import contribution_table, revision_table, verdict_lines
from detector.defaults import DEFAULT_MODEL
from detector.report.campaigns import shown_by
from detector.report.explanation import explain_accounts
from detector.report.findings import Findings

if TYPE_CHECKING:
    from detector.report.explanation import Explanation

_SHOWN = 12


def explain_command(
    subject: Annotated[str, typer.Argument(help="Id of an account or a campaign.")],
    findings: Annotated[Path, typer.Option("--from", help="Folder that `stillwatch replay` wrote.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON instead.")] = False,
    model: ModelOption = DEFAULT_MODEL,
) -> None:
    """Show why an account has its score and what links it to others, or what makes a campaign one.

    Examples:
      stillwatch explain acct_1c6d2f --from findings

      stillwatch explain cmp_5f1de2a9c0 --from findings
    """
    with told_plainly():
        found = Findings.read(findings)
        if campaign := found.campaign(subject):
            if as_json:
                _print_json(campaign_to_json(found, campaign))
            else:
                show_campaign(Console(), found, campaign, asked=subject)
            return
        name = found.known(subject)
        explanation = explain_accounts(found, set_up(model).artefact, [name])[name]
    if as_json:
        _print_json(to_json(found, explanation))
    else:
        show_explanation(Console(), found, explanation, shown=_SHOWN)


def show_explanation(console: Console, found: Findings, explanation: Explanation, *, shown: int) -> None:
    """Print the verdict, the campaign, the alert over time, and the `shown` heaviest features."""
    for line in verdict_lines(found, explanation.account):
        console.print(line, markup=False, highlight=False)
    show_membership(console, found, explanation.account)
    if revisions := found.revisions(explanation.account):
        console.print(revision_table(revisions))
    console.print(contribution_table(explanation.moving[:shown]))
    rest = explanation.rest + sum(part.weight for part in explanation.moving[shown:])
    console.print(
        f"everything else {rest:+.2f}; all weights add up to the logit of the score",
        style="dim",
        highlight=False,
    )


def show_membership(console: Console, found: Findings, account: str) -> None:
    """Print which campaign an account is of, and through what; nothing if it is of none."""
    campaign = found.campaign_of(account)
    if campaign is None:
        return
    console.print(membership_line(campaign), markup=False, highlight=False)
    console.print(evidence_table(shown_by(found, campaign, account)[:_SHOWN], "What it shares with them"))


def to_json(found: Findings, explanation: Explanation) -> dict[str, Any]:
    """Everything that is known of an account."""
    row = found.verdict(explanation.account)
    first = row["first_alert_time"]
    return {
        "account_id": explanation.account,
        "label": row["label"],
        "score": round(float(row["score"]), 6),
        "relay_score": round(float(row["relay_score"]), 6),
        "anomaly": round(float(row["anomaly"]), 6),
        "events": int(row["events"]),
        "first_alert_time": None if first is None or first != first else first.isoformat(),  # noqa: PLR0124 - NaT
        "campaign": membership_to_json(found, explanation.account),
        "model_id": found.summary["model"],
        "mode": found.summary["mode"],
        "revisions": found.revisions(explanation.account),
        "rest": round(explanation.rest, 4),
        "contributions": [part.to_json() for part in explanation.contributions],
    }


def _print_json(told: dict[str, Any]) -> None:
    typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
