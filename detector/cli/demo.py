"""`stillwatch demo`: the bundled sample log on the shipped model."""

from __future__ import annotations

import json
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

import detector
from detector.cli.campaign_tables import campaign_table
from detector.cli.compose import ModelOption, set_up, told_plainly
from detector.cli.replay import replay_to, report_to, warnings
from detector.cli.show import alert_table, role_table, summary_table
from detector.defaults import DEFAULT_MODEL
from detector.report.campaigns import ranked
from detector.report.explanation import explain_accounts
from detector.report.findings import Findings

if TYPE_CHECKING:
    from models.artefact import Artefact

_ABOUT = (
    "The sample log is invented: four days of honest accounts, among them hidden a distillation campaign, "
    "logit probers and a pool of relays. It shows what findings look like, not how good they are."
)


def demo_command(
    out: Annotated[Path, typer.Option("--out", help="Folder for the findings; made if missing.")] = Path(
        "out/demo"
    ),
    model: ModelOption = DEFAULT_MODEL,
) -> None:
    """Replay the bundled sample log, show what was found, and write a report.

    Example:
      stillwatch demo --out out/demo
    """
    console = Console()
    console.print(_ABOUT)
    with told_plainly():
        setup = set_up(model)
        with as_file(files(detector) / "sample" / "events.jsonl.zst") as sample:
            summary, outcome = replay_to([str(sample)], out, setup, Console(stderr=True))
        report = report_to(out, outcome, setup)
        console.print(summary_table(summary))
        found = Findings.read(out)
        show_findings(console, found, setup.artefact)
    for warning in warnings(outcome, setup):
        console.print(warning, style="yellow", markup=False, highlight=False)
    for subject in worth_explaining(found):
        said = f"next: stillwatch explain {subject} --from {out}"
        console.print(said, markup=False, highlight=False, soft_wrap=True)
    console.print(f"report: {report}", markup=False, highlight=False, soft_wrap=True)


def show_findings(console: Console, found: Findings, artefact: Artefact) -> None:
    """The campaigns, the open alerts, and who was found of those that the sample hides."""
    if campaigns := ranked(found.campaigns):
        console.print(campaign_table(campaigns))
    alerts = [alert["subject_id"] for alert in found.open_alerts()]
    console.print(alert_table(found, explain_accounts(found, artefact, alerts)))
    roles = json.loads((files(detector) / "sample" / "roles.json").read_text(encoding="utf-8"))
    console.print(role_table(found, roles))


def worth_explaining(found: Findings) -> list[str]:
    """The most probable campaign and the account with the highest open alert, as far as there are such."""
    campaigns = [one.campaign_id for one in ranked(found.campaigns)]
    return [*campaigns[:1], *(alert["subject_id"] for alert in found.open_alerts()[:1])]
