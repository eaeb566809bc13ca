"""When to take over from a leader that has fallen silent, whatever its clock says."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from detector.store.interface import LeaderStore
    from detector.stream.clock import Clock


class Succession:
    """Watches the lease of another process by a clock that is never set.

    The end of a lease is a time of its holder's wall clock. Where that is ahead, or ours was set back, the
    lease of a process that has died would outlive it by as much. So who waits also measures for how long the
    lease was not renewed, as Kubernetes' leader election does.
    """

    def __init__(self, store: LeaderStore, clock: Clock, lease_seconds: float) -> None:
        """`lease_seconds` without a renewal are as many as a lease has."""
        self._store = store
        self._clock = clock
        self._lease_seconds = lease_seconds
        self._held: tuple[int, int] | None = None
        self._since = 0.0

    def deposed(self) -> bool:
        """Look at the lease, and end it after too long a silence; whether it did. Raises `StoreError`."""
        stands = self._store.leadership()
        held, now = (stands.lease, stands.until), self._clock.monotonic()
        if held != self._held:
            self._held, self._since = held, now
            return False
        if now - self._since < self._lease_seconds:
            return False
        self._store.depose(*held)
        return True
