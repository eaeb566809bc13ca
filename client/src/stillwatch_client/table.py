"""The verdicts known here, built from the pages of the feed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stillwatch_client.sse import FeedError
from stillwatch_client.view import View

if TYPE_CHECKING:
    from collections.abc import Callable

    from stillwatch_client.wire import Page


class VerdictTable:
    """Written by the one task that follows the feed; `view` may be read by any thread at any time."""

    def __init__(self, most: int, clock: Callable[[], float]) -> None:
        self._most = most
        self._clock = clock
        self._staged: View | None = None
        self.view: View | None = None
        """None until the first snapshot is whole"""
        self.version: int | None = None
        """up to which all is known"""
        self.mark: str | None = None
        """the same, for the service"""

    def apply(self, page: Page) -> int:
        """Take a page in; returns how many verdicts were left out for want of room or sense.

        Raises `FeedError` where it does not continue what is known: then the feed must start over.
        """
        if page.kind == "snapshot":
            return self._load(page)
        return self._update(page)

    def restart(self) -> None:
        """Forget half a snapshot: the connection that brought it is gone."""
        self._staged = None

    def forget_version(self) -> None:
        """Ask for a whole snapshot next time; what is known stays in use until then."""
        self._staged = None
        self.version = self.mark = None

    def _load(self, page: Page) -> int:
        staged = self._staged = self._staged or View(self._most)
        left_out = self._put(staged, page)
        if not page.more:
            self.view, self._staged = staged, None
            self.version, self.mark = page.version, page.mark
        return left_out

    def _update(self, page: Page) -> int:
        if self.view is None or self.version is None or self._staged is not None:
            raise FeedError("a delta came before the snapshot was whole")
        if page.version < self.version:
            raise FeedError("the version went back: the service has another store now")
        for account in page.deleted:
            self.view.remove(account)
        left_out = self._put(self.view, page)
        if not page.more:
            self.version, self.mark = page.version, page.mark
        return left_out

    def _put(self, view: View, page: Page) -> int:
        view.make_room(len(page.verdicts), self._clock())
        left_out = page.rejected + sum(not view.put(verdict) for verdict in page.verdicts)
        if left_out:
            view.complete = False
        return left_out
