"""`stillwatch demo`: the bundled sample log, streamed into the console."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console

from detector.cli.campaign_tables import campaign_table
from detector.cli.compose import ModelOption, set_up, told_plainly
from detector.cli.demo_live import Wish, stream_sample
from detector.cli.replay import replay_to, report_to, warnings
from detector.cli.show import alert_table, role_table, summary_table
from detector.defaults import DEFAULT_MODEL
from detector.demo.sample import recent_sample, sample_roles
from detector.report.campaigns import ranked
from detector.report.explanation import explain_accounts
from detector.report.findings import Findings
from detector.stream.clock import SystemClock

if TYPE_CHECKING:
    from detector.compose import Setup
    from models.artefact import Artefact

_ABOUT: Final = (
    "The sample log is invented: four days of honest accounts, among them hidden a distillation campaign, "
    "logit probers and a pool of relays. It shows what findings look like, not how good they are."
)
SPEED: Final = 3840.0
"""four days in a minute and a half"""


def demo_command(
    out: Annotated[
        Path, typer.Option("--out", help="Folder for all that it writes; made if missing.")
    ] = Path("out/demo"),
    model: ModelOption = DEFAULT_MODEL,
    speed: Annotated[
        float, typer.Option("--speed", min=1.0, help="Seconds of the log that pass in a second.")
    ] = SPEED,
    port: Annotated[
        int, typer.Option("--port", min=1, max=65_535, help="Of 127.0.0.1; the next free one if it is taken.")
    ] = 8787,
    wait: Annotated[
        bool, typer.Option("--wait/--no-wait", help="Stay up once the log is through, until Ctrl-C.")
    ] = True,
    report: Annotated[
        bool, typer.Option("--report", help="No console: replay the log and write the report, in seconds.")
    ] = False,
) -> None:
    """Stream the bundled sample log through the whole service, and watch alerts arrive in the console.

    Everything is in one process, over SQLite and the embedded queue, and is there for this machine alone.
    In the end it shows what was found and writes a report.

    Example:
      stillwatch demo --speed 10000
    """
    console = Console()
    console.print(_ABOUT)
    with told_plainly():
        if report:
            _replay_alone(console, out, model)
        else:
            wish = Wish(out, model, speed, port, wait)
            stream_sample(wish, console, lambda place, setup: _show(console, out, place.log, setup))


def _replay_alone(console: Console, out: Path, model: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    log = out / "events.jsonl"
    recent_sample(SystemClock().now()).write(log)
    _show(console, out, log, set_up(model))


def _show(console: Console, out: Path, log: Path, setup: Setup) -> None:
    """Replay a log, which finds what the stream finds, into a report and tables."""
    summary, outcome = replay_to([str(log)], out, setup, Console(stderr=True))
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
    console.print(role_table(found, sample_roles()))


def worth_explaining(found: Findings) -> list[str]:
    """The most probable campaign and the account with the highest open alert, as far as there are such."""
    campaigns = [one.campaign_id for one in ranked(found.campaigns)]
    return [*campaigns[:1], *(alert["subject_id"] for alert in found.open_alerts()[:1])]
