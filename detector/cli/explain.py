"""`stillwatch explain`: why an account has its score."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from detector.cli.compose import ModelOption, set_up, told_plainly
from detector.cli.show import contribution_table, revision_table, verdict_lines
from detector.defaults import DEFAULT_MODEL
from detector.report.explanation import explain_accounts
from detector.report.findings import Findings

if TYPE_CHECKING:
    from detector.report.explanation import Explanation

_SHOWN = 12


def explain_command(
    account: Annotated[str, typer.Argument(help="Id of the account.")],
    findings: Annotated[Path, typer.Option("--from", help="Folder that `stillwatch replay` wrote.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON instead.")] = False,
    model: ModelOption = DEFAULT_MODEL,
) -> None:
    """Show why an account has its score: what speaks against it, what for it, and what is usual.

    Example:
      stillwatch explain acct_1c6d2f --from findings
    """
    with told_plainly():
        found = Findings.read(findings)
        name = found.known(account)
        explanation = explain_accounts(found, set_up(model).artefact, [name])[name]
    if as_json:
        typer.echo(json.dumps(to_json(found, explanation), indent=2, ensure_ascii=False))
        return
    show_explanation(Console(), found, explanation, shown=_SHOWN)


def show_explanation(console: Console, found: Findings, explanation: Explanation, *, shown: int) -> None:
    """Print the verdict, the alert over time, and the `shown` heaviest features."""
    for line in verdict_lines(found, explanation.account):
        console.print(line, markup=False, highlight=False)
    if revisions := found.revisions(explanation.account):
        console.print(revision_table(revisions))
    console.print(contribution_table(explanation.moving[:shown]))
    rest = explanation.rest + sum(part.weight for part in explanation.moving[shown:])
    console.print(
        f"everything else {rest:+.2f}; all weights add up to the logit of the score",
        style="dim",
        highlight=False,
    )


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
        "model_id": found.summary["model"],
        "mode": found.summary["mode"],
        "revisions": found.revisions(explanation.account),
        "rest": round(explanation.rest, 4),
        "contributions": [part.to_json() for part in explanation.contributions],
    }
