"""What commands print: progress, the summary table, the findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console

    from detector import replay
    from detector.alert import Alert


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


def summary_table(summary: dict[str, int | str]) -> Table:
    """Two columns: what, and how much."""
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="dim")
    table.add_column(justify="right")
    for name, value in summary.items():
        table.add_row(name.replace("_", " "), f"{value:,}" if isinstance(value, int) else value)
    return table


def alert_table(alerts: Sequence[Alert]) -> Table:
    """The latest revision of each open alert, the highest score first."""
    table = Table(title="Open alerts", title_justify="left")
    for name in ("account", "score", "since", "why"):
        table.add_column(name)
    for alert in alerts:
        why = "; ".join(
            reason.code for reason in alert.reasons if reason.weight > 0.2 and reason.code != "baseline"
        )
        table.add_row(alert.subject_id, f"{alert.score:.2f}", alert.to_json()["time"][:16], why)
    return table
