"""A version's gate by slice, and the accounts that it would change, as tables show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from detector.console.desk.turning import TurnedAccount, TurningBody
    from detector.registry.gating import Check, Gate

SHOWN: Final = 100
"""accounts of each kind; the API lists all"""


@dataclass(frozen=True, slots=True)
class Group:
    """The checks of one dimension, those that failed first."""

    dimension: str
    failed: int
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class TurnedRow:
    """An account, and what would become of its alert."""

    becomes: str
    account: TurnedAccount


def gate_groups(gate: Gate | None) -> list[Group]:
    """By dimension, those with failures first."""
    found: dict[str, list[Check]] = {}
    for check in () if gate is None else gate.checks:
        found.setdefault(check.dimension, []).append(check)
    groups = [
        Group(name, sum(not one.passed for one in checks), tuple(sorted(checks, key=lambda one: one.passed)))
        for name, checks in found.items()
    ]
    return sorted(groups, key=lambda group: group.failed == 0)


def turned_rows(turning: TurningBody) -> list[TurnedRow]:
    """New alerts first."""
    return [
        *(TurnedRow("alerted", one) for one in turning.raised[:SHOWN]),
        *(TurnedRow("no longer alerted", one) for one in turning.cleared[:SHOWN]),
    ]
