"""What it takes to link accounts: every number of the linking step, with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class LinkRules:
    """When something that accounts share makes them one group. Measured as docs/design.md says."""

    least_requests: int = 2
    """of an account that show an object; once is an accident"""
    main_share: float = 0.5
    """of the account's requests in its largest suspicious population: a carrier is what the account is for"""
    specific_share: float = 0.75
    """of the account's most exclusive carrier: the more exclusive carriers decide"""
    doubt: float = 2.0
    """unrelated accounts added to every carrier, so that three alike are not as good as three hundred"""
    stragglers: float = 0.1
    """a carrier is needless when all but so large a share of its accounts are linked by smaller ones"""
    common_share: float = 0.5
    """of a group's accounts that show an object of infrastructure before it speaks for the group"""
    exclusive_pair: float = 0.3
    """least exclusiveness of both objects where two of different kinds link"""
    exclusive_alone: float = 0.8
    """least exclusiveness of an object that links alone"""
    least_alone: int = 3
    """accounts that must show an object that links alone"""
    alone: tuple[str, ...] = ("payment", "device")
    """kinds of objects that link groups alone when exclusive: one card, one machine"""
    loose: tuple[str, ...] = ("settings",)
    """kinds that, when exclusive, link alone only accounts that nothing else links"""
    agreeing: tuple[str, ...] = ("settings",)
    """kinds that decide whether groups that meet in a needless carrier are one"""
    per_kind: int = 2
    """objects of a kind considered for each group, the most exclusive ones"""
    half_life: int = 14
    """days in which a request comes to count half"""
    horizon: int = 60
    """days after which an object that an account showed no more links it no longer"""
    least_members: int = 3
    """accounts that show an object before it can link any: as tables of populations have it"""
    most_members: int = 4096
    """accounts that show an object of infrastructure before it links nobody: as the same tables have it"""


RULES: Final = LinkRules()
"""As measured."""
