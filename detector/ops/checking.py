"""What an examination says: one line a check, with the remedy where something is to be done."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How a check went."""

    OK = "ok"
    WARNING = "warning"
    """it works, and may not for long, or not as well as it could"""
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    outcome: Outcome
    said: str
    remedy: str = ""
    """what to do; empty where there is nothing to do, or where `said` ends with it"""


def ok(name: str, said: str) -> Check:
    """As it should be."""
    return Check(name, Outcome.OK, said)


def warning(name: str, said: str, remedy: str = "") -> Check:
    """To be looked at."""
    return Check(name, Outcome.WARNING, said, remedy)


def failure(name: str, said: str | Exception, remedy: str = "") -> Check:
    """To be mended; errors of ours end with their remedy."""
    return Check(name, Outcome.FAILURE, str(said), remedy)
