"""What people keep: exceptions and saved views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from detector.casework.records import SavedView
from detector.console.desk.errors import Denied
from detector.people.roles import may

if TYPE_CHECKING:
    from collections.abc import Callable

    from detector.casework.records import ExceptionKind, Exempt, Scope
    from detector.console.desk.sources import Sources
    from detector.people.guard import Visitor

WIDE: Final[frozenset[str]] = frozenset({"organisation", "detector"})
"""scopes that take a right of their own"""


class Keeping:
    """`now` tells ms of the clock."""

    def __init__(self, sources: Sources, now: Callable[[], int]) -> None:
        self._sources = sources
        self._now = now

    def exceptions(self, scope: Scope | None = None, subject: str | None = None) -> list[Exempt]:
        """Those that count now, the latest first."""
        return self._sources.exceptions.exceptions(self._now(), scope, subject)

    def add(
        self,
        who: Visitor,
        kind: ExceptionKind,
        scope: Scope,
        subject: str,
        reason: str,
        until: int | None,
    ) -> Exempt:
        """Except a subject until a time in ms, or for good. Raises `Refused`, `Denied`."""
        _check(who, scope)
        return self._sources.exceptions.add(kind, scope, subject, reason, who.user_id, self._now(), until)

    def end(self, who: Visitor, exception_id: str, why: str) -> Exempt:
        """Take an exception back. Raises `NotFound`, `Refused`, `Denied`."""
        _check(who, self._sources.exceptions.exception(exception_id).scope)
        return self._sources.exceptions.end(exception_id, who.user_id, why, self._now())

    def views(self, who: Visitor) -> list[SavedView]:
        """The visitor's, then what others share."""
        return self._sources.views.views(who.user_id)

    def save(self, who: Visitor, name: str, query: str, *, shared: bool) -> SavedView:
        """Keep a query under a name. Raises `Refused`."""
        return self._sources.views.save(SavedView(who.user_id, name, query, shared))

    def forget(self, who: Visitor, name: str) -> None:
        """Let go of a view of the visitor's. Raises `NotFound`."""
        self._sources.views.forget(who.user_id, name)


def may_except(who: Visitor, scope: str) -> bool:
    """Whether a visitor who may make exceptions may make those of a scope."""
    return scope not in WIDE or may(who.role, "except_widely")


def _check(who: Visitor, scope: str) -> None:
    if not may_except(who, scope):
        raise Denied(f"role {who.role} may make no exception of scope {scope}; ask a senior analyst")
