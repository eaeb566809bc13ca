"""How pressing a case is: its severity, when somebody should have looked, and its place in the queue.

The bounds follow the published campaigns: tens of accounts, or answers by the thousand, are a loss that
grows by the hour; a reseller's account costs no model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from detector.casework.records import Severity

INFORMATIONAL: Final = 1
LOW: Final = 2
MEDIUM: Final = 3
HIGH: Final = 4
CRITICAL: Final = 5

CRITICAL_ACCOUNTS: Final = 20
CRITICAL_LEAKED: Final = 5_000
HIGH_SCORE: Final = 0.95
HIGH_LEAKED: Final = 1_000
_HOUR: Final = 3_600_000
_HOURS: Final = (0, 168, 72, 24, 4, 1)
"""until somebody should have looked, by severity"""

_LEAKED_BITS: Final = 34
_SCORE_BITS: Final = 10
_BASE: Final = _LEAKED_BITS + _SCORE_BITS
_KINDS: Final = ("account", "campaign")


@dataclass(frozen=True, slots=True)
class Stakes:
    """What an alert says of how bad it is."""

    kind: str
    label: str
    score: float
    alert_status: str
    accounts: int
    leaked: int


def severity_of(at: Stakes) -> Severity:
    """By class, then by how many accounts take part and what was answered before the alert."""
    if at.alert_status != "open" or at.label not in {"distillation", "relay"}:
        return INFORMATIONAL
    if at.label == "relay":
        return LOW
    if at.kind == "campaign":
        large = at.accounts >= CRITICAL_ACCOUNTS or at.leaked >= CRITICAL_LEAKED
        return CRITICAL if large else HIGH
    heavy = at.leaked >= CRITICAL_LEAKED or (at.score >= HIGH_SCORE and at.leaked >= HIGH_LEAKED)
    return HIGH if heavy else MEDIUM


def patience(severity: int) -> int:
    """Ms within which somebody should have looked."""
    return _HOURS[severity] * _HOUR


def rank_of(at: Stakes, severity: int) -> int:
    """Campaigns first; then by severity, by what leaked, and by score. Fits into 53 bits."""
    leaked = min(max(at.leaked, 0), (1 << _LEAKED_BITS) - 1)
    score = round(min(max(at.score, 0.0), 1.0) * ((1 << _SCORE_BITS) - 1))
    return least_rank(at.kind, severity) + (leaked << _SCORE_BITS) + score


def least_rank(kind: str, severity: int) -> int:
    """Every case of this kind and at least this severity has this rank or a higher one."""
    return (_KINDS.index(kind) * 8 + severity) << _BASE


def rank_spans(kind: str | None, severity: int | None) -> list[tuple[int, int] | None]:
    """Ranges of ranks, from and below, that hold all cases of a kind and of at least a severity."""
    if kind is None and severity is None:
        return [None]
    kinds = _KINDS if kind is None else (kind,)
    return [(least_rank(one, severity or 0), least_rank(one, 8)) for one in kinds]
