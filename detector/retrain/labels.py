"""What somebody said an account is: the unit that retraining learns from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from models.scorer import BENIGN, DISTILLATION, RELAY

Said = Literal["benign", "relay", "distillation", "authorised"]
"""`authorised`: it is what an alert says, and it may be. It teaches nothing and counts against nobody."""
Source = Literal["verdict", "campaign", "truth", "table"]

SAID: Final[tuple[Said, ...]] = ("benign", "relay", "distillation", "authorised")
CLASS: Final[dict[Said, int]] = {"benign": BENIGN, "relay": RELAY, "distillation": DISTILLATION}
"""The class that each teaches; `authorised` teaches none."""


class LabelError(Exception):
    """Labels cannot be used: says which, where, and the remedy."""


@dataclass(frozen=True, slots=True)
class Label:
    """One statement about one account. Times in ms."""

    account_id: str
    label: Said
    weight: float
    """in (0, 1]: how sure it is, beside a certain one"""
    source: Source
    author: str
    """who answers for it: a user's id, or what made it"""
    time: int
    """when it was said, wall clock"""
    since: int
    """event time from which it holds; 0: always"""
    group: str = ""
    """campaign that it was judged with; empty: by itself"""
