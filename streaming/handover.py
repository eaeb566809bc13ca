"""Changes of who owns what, folded until somebody is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Handover:
    """Origins lost and won since they were last told, as one step: first lost, then won."""

    def __init__(self, revoked: Iterable[str] = ()) -> None:
        self._revoked = set(revoked)
        self._assigned: set[str] = set()

    def revoke(self, origins: Iterable[str]) -> None:
        """Note losses. What was won in between and never told about goes without a word."""
        for origin in origins:
            if origin in self._assigned:
                self._assigned.discard(origin)
            else:
                self._revoked.add(origin)

    def assign(self, origins: Iterable[str]) -> None:
        """Note gains."""
        self._assigned.update(origins)

    def __bool__(self) -> bool:
        return bool(self._revoked or self._assigned)

    def __contains__(self, origin: str) -> bool:
        return origin in self._revoked or origin in self._assigned

    def tell(self) -> tuple[frozenset[str], frozenset[str]]:
        """Lost and won since the last call."""
        told = frozenset(self._revoked), frozenset(self._assigned)
        self._revoked, self._assigned = set(), set()
        return told
