"""A campaign as everybody sees it: who, since when, linked by what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Listing = Literal["open", "cleared", "listed", "pre-campaign"]
"""An alert's status; `listed`: a group that is never alerted; `pre-campaign`: what is told of before one."""

PRE_CAMPAIGN: Final = "pre-campaign"


@dataclass(frozen=True, slots=True)
class SharedObject:
    """Something that members have in common."""

    object_id: str
    """kind and keyed hash, such as `head:4be1…`: never the thing itself"""
    kind: str
    """one of `features.population.layout.KINDS`"""
    members: int
    """of the campaign's members, how many show it"""
    others: int
    """accounts outside the campaign that show it, too"""
    requests: int
    """of members that show it"""
    weight: float
    """how much it links: falls with the accounts outside that show it"""


@dataclass(frozen=True, slots=True)
class Indicator:
    """A behaviour that was seen beside the evidence: of CISA's advisory AA26-251A, or a reaction."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Campaign:
    """A group of linked accounts at the end of a tick."""

    campaign_id: str
    label: str
    """`distillation`, `relay` or `benign`"""
    score: float
    """calibrated probability that it distils"""
    status: Listing
    first_alert: int
    """end of the tick that raised its alert, ms; 0: never"""
    updated: int
    """end of the tick that last changed it, ms"""
    members: tuple[int, ...]
    """account rows, ascending"""
    requests: int
    """of its members, in what they have in common"""
    evidence: tuple[SharedObject, ...]
    """heaviest first"""
    indicators: tuple[Indicator, ...]
    action: str
    """what a person is advised to do next"""
    migrated_from: tuple[str, ...] = ()
    """accounts that went silent or were banned, and whose work other members took up within hours"""
    merged: tuple[str, ...] = ()
    """campaigns that turned out to be this one"""
    split_from: str | None = None
    merged_into: str | None = None
    """the campaign that this one turned out to be part of, and in whose place it is cleared"""
