"""Where a case is in its life, and what it turned out to be: two things that people keep apart."""

from __future__ import annotations

from typing import Final, Literal

Status = Literal["new", "in_progress", "pending", "closed"]
Verdict = Literal[
    "true_positive_impact",
    "true_positive_no_impact",
    "benign_positive",
    "false_positive",
    "duplicate",
    "undetermined",
]
"""`benign_positive`: it is what the alert says, and it is authorised."""
Queue = Literal["open", "snoozed", "allowed", "merged", "closed"]

QUEUES: Final[tuple[Queue, ...]] = ("open", "snoozed", "allowed", "merged", "closed")
STATUSES: Final[tuple[Status, ...]] = ("new", "in_progress", "pending", "closed")
VERDICTS: Final[tuple[Verdict, ...]] = (
    "true_positive_impact",
    "true_positive_no_impact",
    "benign_positive",
    "false_positive",
    "duplicate",
    "undetermined",
)
"""In the order of the console's keys 1 to 6."""

SETTLED: Final[tuple[Verdict, ...]] = ("benign_positive", "false_positive", "duplicate")
"""After these a closed case stays closed while its alert is no more severe than it was then."""

MOVES: Final[dict[Status, tuple[Status, ...]]] = {
    "new": ("in_progress", "pending", "closed"),
    "in_progress": ("pending", "closed", "new"),
    "pending": ("in_progress", "closed"),
    "closed": ("in_progress",),
}
"""Statuses that may follow. A case that is closed is reopened by taking it up again."""
