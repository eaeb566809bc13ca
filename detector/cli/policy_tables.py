"""A policy's trial, drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from detector.hook.decision import ACTIONS

if TYPE_CHECKING:
    from detector.hook.policy.trial import Trial


def show_trial(trial: Trial) -> None:
    """Accounts by label and action, by rule, and examples."""
    console = Console()
    if not trial.accounts:
        console.print("no verdicts yet: nothing to try it on")
        return
    console.print(_by_label(trial))
    console.print("by rule:", ", ".join(f"{name} {count}" for name, count in trial.rules.most_common()))
    hardest = ", ".join(f"{one} {trial.hardest[one]}" for one in ACTIONS if trial.hardest[one])
    console.print("hardest ever:", hardest)
    console.print("changes of an account's action:", trial.changes)
    for action, accounts in trial.examples.items():
        if accounts:
            console.print(f"{action}:", ", ".join(ascii(one)[1:-1] for one in accounts), markup=False)


def _by_label(trial: Trial) -> Table:
    requests = sum(trial.requests.values()) > 0
    table = Table("label", *ACTIONS, box=None)
    for label in sorted({label for label, _ in trial.accounts}):
        cells = [str(trial.accounts[label, action]) for action in ACTIONS]
        if requests:
            asked = [trial.requests[label, action] for action in ACTIONS]
            cells = [f"{count} ({sent} requests)" for count, sent in zip(cells, asked, strict=True)]
        table.add_row(label, *cells)
    return table
