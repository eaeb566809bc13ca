"""Routing: an organisation's conversations spread over its accounts, as its gateway was set up."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from streaming.simulator.streams import words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streaming.simulator.population import Population


class Policy(IntEnum):
    """Which of its accounts an organisation sends a request on."""

    STICKY = 0
    """each conversation keeps its account"""
    SHUFFLE = 1
    """every request goes anywhere"""
    HANDOVER = 2
    """each conversation moves to another account once"""


class Routed:
    """Sends the requests of `population`, one habit an organisation, on that organisation's accounts.

    `accounts` holds all of them, organisation by organisation; `first` and `count` (organisations,) say
    which are whose; `policy` (organisations,) how they are chosen; `share` (organisations,) is the part of
    the requests that goes to this provider at all: the rest is answered elsewhere, and comes back as history.
    """

    def __init__(
        self,
        population: Population,
        accounts: NDArray[np.int32],
        first: NDArray[np.int64],
        count: NDArray[np.int64],
        policy: NDArray[np.int64],
        share: NDArray[np.float64],
    ) -> None:
        self.name = population.name
        self._population = population
        self._accounts, self._first, self._count = accounts, first, count
        self._policy, self._share = policy, share
        lead = population.habits["account"]
        self._order = np.argsort(lead)
        self._lead = lead[self._order]

    def expected(self, end: int) -> float:
        """Requests to be expected before `end` ms."""
        return self._population.expected(end) * float(self._share.mean())

    def scale(self, factor: float) -> None:
        """Multiply how often everybody starts a session."""
        self._population.scale(factor)

    def requests(self, start: int, end: int, rng: np.random.Generator) -> NDArray[np.void]:
        """The requests that stay with this provider, on the accounts that they were sent on."""
        rows = self._population.requests(start, end, rng)
        org = self._order[np.searchsorted(self._lead, rows["account"])]
        here = rng.random(len(rows)) < self._share[org]
        rows, org = rows[here], org[here]
        rows["account"] = self._accounts[self._first[org] + self._member(rows, org, rng) % self._count[org]]
        return rows

    def _member(
        self, rows: NDArray[np.void], org: NDArray[np.int64], rng: np.random.Generator
    ) -> NDArray[np.int64]:
        home = (words(rows["session"], 3) >> np.uint64(33)).astype(np.int64)
        # At a turn of its own, from the second to the fifth, a conversation moves on.
        moved = rows["turn"] > (words(rows["session"], 5) >> np.uint64(62)).astype(np.int64)
        policy = self._policy[org]
        anywhere = rng.integers(1 << 31, size=len(rows))
        return np.where(policy == Policy.SHUFFLE, anywhere, home + ((policy == Policy.HANDOVER) & moved))
