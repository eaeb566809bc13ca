"""What an attacker pays: one list of prices, and the bill of a campaign."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from streaming.simulator.family import Effort

POOLED: Final = frozenset({"relay_mixed"})
"""Families within pools that others use, too: their cover is other people's, and the pool sets the pace."""

_MONTH: Final = 30.0
_CELL: Final = 12
"""Accounts that share a card and networks, about the mean of the simulator's cells."""
_OWN_NETWORKS, _CELL_NETWORKS = 2, 4
"""Addresses of an account on its own and of a cell, about the simulator's means."""


@dataclass(frozen=True, slots=True)
class Price:
    """What one thing costs."""

    name: str
    dollars: float
    source: str


@dataclass(frozen=True, slots=True)
class Prices:
    """The price list, US dollars."""

    account: Price = Price(
        "account",
        2.0,
        "assumed; the phone check in it is about 0.50 (Cambridge Online Trust and Safety Index, methodology)",
    )
    card: Price = Price(
        "payment card", 10.0, "mean price asked for a stolen card (NordVPN's study of 4.5 million, 2021)"
    )
    proxy: Price = Price("residential address for a month", 3.0, "assumed")
    day: Price = Price("day of delay", 100.0, "assumed: the day of one operator")
    wording: Price = Price("wording of the template", 5.0, "assumed: the time to write and try one")
    request: Price = Price(
        "request, of the attack or cover",
        0.0074,
        "700 tokens in and 600 out (assumed) at 2 and 10 for a million (list price of Claude Sonnet 5, 2026)",
    )

    def listed(self) -> tuple[Price, ...]:
        """All prices, in the order of a campaign's life."""
        return self.account, self.card, self.proxy, self.wording, self.day, self.request


@dataclass(frozen=True, slots=True)
class Bill:
    """What a campaign costs, US dollars."""

    accounts: float
    isolation: float
    """payment cards and networks"""
    wordings: float
    delay: float
    each: float
    """an exchange with the cover that goes with it"""
    exchanges: int

    @property
    def fixed(self) -> float:
        """What is spent however little is answered."""
        return self.accounts + self.isolation + self.wordings + self.delay

    @property
    def total(self) -> float:
        """With all exchanges made."""
        return self.spent(1.0)

    def spent(self, kept: float) -> float:
        """Dollars spent when a share `kept` of the exchanges is made before the accounts are lost."""
        return self.fixed + kept * self.exchanges * self.each

    def per_thousand(self, kept: float) -> float | None:
        """Dollars for a thousand kept exchanges; None where nothing is kept."""
        return 1000 * self.spent(kept) / (kept * self.exchanges) if kept > 0 else None


def bill(effort: Effort, days: float, prices: Prices, *, pays_cover: bool = True) -> Bill:
    """The bill of a campaign of `effort`, which takes `days` unless the effort says how many.

    In a pool that others use the cover is theirs, and so is what it costs: `pays_cover` is false.
    """
    lasts = days if effort.days is None else effort.days
    alone = round(effort.isolation * effort.accounts)
    cells = ceil((effort.accounts - alone) / _CELL)
    addresses = alone * _OWN_NETWORKS + cells * _CELL_NETWORKS
    months = max(1, ceil(lasts / _MONTH))
    requests = 1 / (1 - effort.cover) if pays_cover else 1.0
    return Bill(
        accounts=effort.accounts * prices.account.dollars,
        isolation=(alone + cells) * prices.card.dollars + addresses * months * prices.proxy.dollars,
        wordings=effort.wordings * prices.wording.dollars,
        delay=lasts * prices.day.dollars,
        each=requests * prices.request.dollars,
        exchanges=effort.exchanges,
    )
