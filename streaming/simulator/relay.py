"""Relays: pools of accounts behind one scheduler, as public relay software runs them.

Visits go to the seat that waited longest and stay there until they pause for longer than the sticky time to
live (Wei-Shaw/claude-relay-service sorts by last use and keeps a session an hour). A seat whose account is
banned meets with one refusal and continues the same conversations on the account that follows. Addresses and
clients are the pool's: one proxy an account, and mostly one client's name for everybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from streaming.simulator.bans import FORBIDDEN
from streaming.simulator.grouped import starts
from streaming.simulator.requests import MINUTE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from streaming.simulator.population import Population

_RETRY: Final = (300, 4_000)
"""ms until a refused request is sent again"""


@dataclass(frozen=True, slots=True)
class Habit:
    """How one relay is set up."""

    own_client: float = 0.9
    """share of visits that go out under the relay's own client"""
    sticky: int = 60 * MINUTE
    """ms that a conversation stays where it is after its last request"""


@dataclass(frozen=True, slots=True)
class Seats:
    """The accounts of a pool: a seat is taken by one account after another."""

    accounts: NDArray[np.int32]
    """(seats, tenancies)"""
    until: NDArray[np.int64]
    """(seats, tenancies) ms at which each is banned, rising; the last one is never"""
    place: NDArray[np.int32]
    """(seats, tenancies) its proxy"""
    client: NDArray[np.int32]
    """(seats, tenancies) its client, where the relay puts in its own"""

    def holder(self, seat: NDArray[np.int64], time: NDArray[np.int64]) -> NDArray[np.int64]:
        """Tenancy of each seat at each time."""
        passed: NDArray[np.int64] = (self.until[seat] <= time[:, None]).sum(axis=1)
        return np.minimum(passed, self.accounts.shape[1] - 1)


class Relay:
    """Sends what customers demand through its seats."""

    def __init__(
        self, name: str, demand: Sequence[Population], seats: Seats, habit: Habit | None = None
    ) -> None:
        self.name = name
        self._demand = demand
        self._seats = seats
        self._habit = habit or Habit()
        self._turn = 0
        self._tenancy = np.zeros(len(seats.accounts), dtype=np.int64)

    def expected(self, end: int) -> float:
        """Requests to be expected before `end` ms."""
        return sum(population.expected(end) for population in self._demand)

    def scale(self, factor: float) -> None:
        """Multiply the customers' sessions."""
        for population in self._demand:
            population.scale(factor)

    def requests(self, start: int, end: int, rng: np.random.Generator) -> NDArray[np.void]:
        """The customers' requests, on the pool's accounts."""
        rows = np.concatenate([population.requests(start, end, rng) for population in self._demand])
        rows = rows[np.lexsort((rows["time"], rows["session"]))]
        seat = self._seat(rows)
        tenancy = self._seats.holder(seat, rows["time"])
        refused = self._handed_over(rows, seat, tenancy, rng)
        self._dress(rows, seat, tenancy)
        return np.concatenate([rows, refused])

    def _dress(self, rows: NDArray[np.void], seat: NDArray[np.int64], tenancy: NDArray[np.int64]) -> None:
        rows["account"] = self._seats.accounts[seat, tenancy]
        rows["place"] = self._seats.place[seat, tenancy]
        # A relay passes the name of a genuine client on, session by session.
        passes = (rows["session"] % np.uint64(1000)) >= np.uint64(1000 * self._habit.own_client)
        rows["client"] = np.where(passes, rows["client"], self._seats.client[seat, tenancy])
        rows["user"] = 0

    def _seat(self, rows: NDArray[np.void]) -> NDArray[np.int64]:
        """Least recently used first: visits in order of their start take the seats in turn."""
        if not len(rows):
            return np.zeros(0, dtype=np.int64)
        paused = np.r_[True, np.diff(rows["time"]) > self._habit.sticky]
        first = starts(rows["session"]) | paused
        visit = np.cumsum(first) - 1
        begun = rows["time"][first]
        order = np.empty(len(begun), dtype=np.int64)
        order[np.argsort(begun, kind="stable")] = np.arange(len(begun))
        seats = (self._turn + order) % len(self._seats.accounts)
        self._turn += len(begun)
        result: NDArray[np.int64] = seats[visit]
        return result

    def _handed_over(
        self,
        rows: NDArray[np.void],
        seat: NDArray[np.int64],
        tenancy: NDArray[np.int64],
        rng: np.random.Generator,
    ) -> NDArray[np.void]:
        """The first request to each seat after a ban, as the old account was refused it; delays the retry."""
        order = np.lexsort((rows["time"], seat))
        seats, holders = seat[order], tenancy[order]
        before = np.where(starts(seats), self._tenancy[seats], np.r_[0, holders[:-1]][: len(rows)])
        changed = holders > np.maximum(before, self._tenancy[seats])
        np.maximum.at(self._tenancy, seats, holders)
        at = order[changed]
        old = rows[at]
        self._dress(old, seats[changed], before[changed])
        old["status"], old["refused"] = FORBIDDEN, False
        rows["time"][at] += rng.integers(*_RETRY, len(at))
        return old
