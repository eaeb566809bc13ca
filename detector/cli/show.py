"""What commands print: progress, the summary table, the findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pandas import crosstab, isna
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from models.scorer import LABELS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from rich.console import Console

    from detector import replay
    from detector.contributions import Contribution
    from detector.report.explanation import Explanation
    from detector.report.findings import Findings

_HALF = 12
"""Cells of a bar to either side of the middle."""
_REASONS = 3


def progress_bar(console: Console) -> Progress:
    """A bar over bytes read, with events, rate, accounts and alerts so far."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[events]:,} events  {task.fields[rate]:,.0f}/s"),
        TextColumn("{task.fields[accounts]:,} accounts  {task.fields[alerts]:,} alerts"),
        TimeElapsedColumn(),
        console=console,
    )


def follow(bar: Progress, total: int | None) -> Callable[[replay.Progress], None]:
    """A task of `bar`, and what moves it."""
    task = bar.add_task("replay", total=total, events=0, rate=0.0, accounts=0, alerts=0)

    def move(now: replay.Progress) -> None:
        spent = bar.tasks[task].elapsed or 0.0
        rate = now.events / spent if spent > 0 else 0.0
        bar.update(
            task,
            completed=now.bytes_read,
            events=now.events,
            rate=rate,
            accounts=now.accounts,
            alerts=now.alerts,
        )

    return move


def summary_table(summary: Mapping[str, object]) -> Table:
    """Two columns: what, and how much."""
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="dim")
    table.add_column(justify="right")
    for name, value in summary.items():
        if value != {}:
            table.add_row(name.replace("_", " "), _said(value))
    return table


def _said(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_said(count)}" for name, count in value.items())
    return f"{value:,}" if isinstance(value, int | float) else escape(str(value))


def alert_table(findings: Findings, why: Mapping[str, Explanation]) -> Table:
    """Every open alert with the heaviest evidence in words, the highest score first."""
    table = Table(title="Open alerts", title_justify="left", show_lines=True)
    for name in ("account", "score", "since (UTC)"):
        table.add_column(name, no_wrap=True)
    table.add_column("why")
    for alert in findings.open_alerts():
        account = alert["subject_id"]
        since = findings.revisions(account)[0]["time"]
        said = [
            f"{part.feature.name}: {part.feature.meaning} {part.said}"
            for part in why[account].evidence(_REASONS)
        ]
        table.add_row(
            Text(printable(account)), f"{alert['score']:.4f}", _minute(since), Text("\n".join(said))
        )
    return table


def verdict_lines(findings: Findings, account: str) -> list[str]:
    """What was decided about an account, in a few lines."""
    row = findings.verdict(account)
    first = row["first_alert_time"]
    alerted = "never alerted" if isna(first) else f"first alert {_minute(str(first))} UTC"
    if not isna(first) and not findings.revisions(account):
        alerted += ", its campaign's"
    shadow = " (shadow: thresholds not calibrated)" if findings.summary["mode"] == "shadow" else ""
    scores = f"score {row['score']:.4f} distillation, {row['relay_score']:.4f} relay"
    rank = f"more unusual than {100 * row['anomaly']:.1f} % of accounts"
    return [
        f"{printable(account)}: {row['label']}, {alerted}{shadow}",
        f"{scores}; {rank}; {row['events']:,} requests",
    ]


def revision_table(revisions: Sequence[Mapping[str, object]]) -> Table:
    """How an alert changed."""
    table = Table(title="The alert over time", title_justify="left")
    for name in ("revision", "time (UTC)", "score", "status"):
        table.add_column(name)
    for alert in revisions:
        status, time = str(alert["status"]), _minute(str(alert["time"]))
        table.add_row(str(alert["revision"]), time, f"{alert['score']:.4f}", status)
    return table


def contribution_table(parts: Sequence[Contribution]) -> Table:
    """A bar for each feature: to the right what raises the score, to the left what lowers it."""
    table = Table(title="What moves the score", title_justify="left", show_lines=True)
    for name in ("feature", "lowers | raises", "value and what it may mean"):
        table.add_column(name, no_wrap=name != "value and what it may mean")
    most = max((abs(part.weight) for part in parts), default=1.0)
    for part in parts:
        feature = part.feature
        said = Text(f"{feature.meaning} {part.said}")
        if part.weight > 0:
            said.append(
                f"\nwhy it counts: {feature.cause}\nhonest explanation: {feature.confounder}", style="dim"
            )
        table.add_row(f"{feature.name}\n{part.weight:+.2f}", bar(part.weight / most), said)
    return table


def role_table(findings: Findings, roles: Mapping[str, str]) -> Table:
    """What a log's accounts were made as, and what they were found to be."""
    made = [roles.get(name, "not said") for name in findings.accounts.index]
    counts = crosstab(np.array(made), findings.accounts["label"].to_numpy())
    table = Table(title="Made as, and found to be", title_justify="left")
    for name in ("made as", "accounts", *LABELS):
        table.add_column(name, justify="left" if name == "made as" else "right")
    for role, found in counts.iterrows():
        shown = [found.get(label, 0) for label in LABELS]
        table.add_row(str(role), str(found.sum()), *("" if count == 0 else str(count) for count in shown))
    return table


def bar(share: float) -> Text:
    """A bar from the middle: `share` in [-1, 1] of half the width."""
    cells = round(abs(share) * _HALF)
    left, right = (0, cells) if share > 0 else (cells, 0)
    drawn = Text(" " * (_HALF - left))
    drawn.append("█" * left, style="green")
    drawn.append("│")
    drawn.append("█" * right, style="red")
    return drawn.append(" " * (_HALF - right))


def printable(said: str) -> str:
    """Text of a log without what a terminal would obey."""
    return "".join(letter if letter.isprintable() else "�" for letter in said)


def _minute(time: str) -> str:
    return time[:16].replace("T", " ")
