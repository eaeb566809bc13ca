"""What a backtest came to."""

from __future__ import annotations

import msgspec


class Side(msgspec.Struct, frozen=True):
    """One of the two that were compared."""

    model_id: str
    thresholds: str
    policy: str
    account_alerts: int
    campaign_alerts: int
    hours: float
    """of analysts, for all alerts"""
    alerted: int
    """accounts that an alert covered"""
    found: int
    """of those that are said to distil"""
    missed: int
    wrong: int
    """of those that are said to be benign; who may do what an alert says is none of them"""
    relays: int
    unjudged: int
    """alerted accounts of which nobody said anything"""
    leaked: int
    """answered requests of those that distil, before an alert covered them"""
    raised: tuple[int, ...] = ()
    """when each alert was, ms"""


class Slice(msgspec.Struct, frozen=True):
    """Accounts of one kind."""

    dimension: str
    name: str
    label: str
    accounts: int
    champion: int
    """alerted by it"""
    candidate: int
    both: int
    champion_leaked: int
    candidate_leaked: int


class Taken(msgspec.Struct, frozen=True):
    """What a policy would have done, as of the last verdict, to accounts that were ever remarkable."""

    label: str
    action: str
    champion: int
    candidate: int
    champion_requests: int
    """all requests of these accounts"""
    candidate_requests: int


class Backtest(msgspec.Struct, frozen=True):
    """Champion and candidate over the same history."""

    begin: int
    """ms"""
    end: int
    events: int
    accounts: int
    judged: int
    """accounts with a label"""
    minutes: float
    """of an analyst for an alert, as was said"""
    champion: Side
    candidate: Side
    both: int
    """accounts that both alerted"""
    only_champion: tuple[str, ...]
    """accounts that it alone alerted, by id, the first hundred"""
    only_candidate: tuple[str, ...]
    slices: tuple[Slice, ...]
    actions: tuple[Taken, ...]
    warnings: tuple[str, ...] = ()

    @property
    def days(self) -> float:
        """Of event time."""
        return (self.end - self.begin) / 86_400_000
