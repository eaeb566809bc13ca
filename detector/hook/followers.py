"""Who follows the decisions, and what has changed for each since it last looked."""

from __future__ import annotations

import asyncio
from secrets import token_hex
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST: Final = 100_000
"""Changed rows that are kept for one follower; one that is further behind is sent everything anew."""


class Follower:
    """One client's unread changes."""

    def __init__(self) -> None:
        self.rows: set[int] = set()
        self.anew = False
        """whether everything is to be sent again, as when the rules changed"""
        self.closing = False
        self._changed = asyncio.Event()

    def tell(self, rows: Iterable[int], *, anew: bool) -> None:
        """Decisions on accounts in these rows may differ."""
        self.rows.update(rows)
        self.anew = self.anew or anew or len(self.rows) > MOST
        if self.anew:
            self.rows.clear()
        self._changed.set()

    def close(self) -> None:
        """The service stops."""
        self.closing = True
        self._changed.set()

    async def changes(self, timeout: float) -> bool:  # noqa: ASYNC109 - not an error, but a heartbeat
        """Wait for a change at most `timeout` seconds; whether there is one."""
        try:
            await asyncio.wait_for(self._changed.wait(), timeout)
        except TimeoutError:
            return False
        return True

    def take(self) -> tuple[list[int], bool]:
        """Changed rows and whether to begin anew; they are read then."""
        rows, anew = sorted(self.rows), self.anew
        self.rows.clear()
        self.anew = False
        self._changed.clear()
        return rows, anew


class Followers:
    """All of them."""

    def __init__(self) -> None:
        self._all: set[Follower] = set()
        self.era = token_hex(6)
        """no other process has it; another one after each change that shows in no version"""

    def __len__(self) -> int:
        return len(self._all)

    def add(self) -> Follower:
        """A new one, told of whatever changes from now on."""
        follower = Follower()
        self._all.add(follower)
        return follower

    def remove(self, follower: Follower) -> None:
        """It went away."""
        self._all.discard(follower)

    def tell(self, rows: Iterable[int], *, anew: bool = False, versioned: bool = True) -> None:
        """Tell all; `versioned`: whether the change has a version by which who is away can tell it later."""
        told = list(rows)
        if told or anew:
            if not versioned:
                self.era = token_hex(6)
            for follower in self._all:
                follower.tell(told, anew=anew)

    def close(self) -> None:
        """Let all streams end, so that the service can stop."""
        for follower in self._all:
            follower.close()
