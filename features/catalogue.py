"""What a feature is: every one has a meaning, a reason why it should tell, and an honest explanation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Group = Literal["content", "request", "provenance", "timing", "identity", "population"]

EVIDENCE: Final[frozenset[Group]] = frozenset({"content", "request", "provenance", "population"})
"""Groups that can carry an alert. The others are context: alone or together they never raise one."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One number about an account. It is NaN where the log had nothing to compute it from."""

    name: str
    group: Group
    unit: str
    low: float
    high: float
    meaning: str
    cause: str
    """why distillation moves it"""
    confounder: str
    """the honest use that moves it too"""
    scored: bool = True
    """whether a model learns from it; otherwise it is shown to people only"""

    @property
    def is_evidence(self) -> bool:
        """Whether the feature may carry an alert."""
        return self.group in EVIDENCE
