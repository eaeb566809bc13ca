"""Pools of resellers: accounts that relay for others and are run alike. They are shown, and alert nobody."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from detector.campaigns.actions import POOL
from detector.campaigns.groups import gone, listed, run_alike
from detector.campaigns.identity import Identities
from features.account.fold import DAY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from detector.campaigns.campaign import Campaign
    from detector.campaigns.groups import Group
    from detector.campaigns.rules import LinkRules
    from detector.campaigns.view import View

LEAST: Final = 3
"""Accounts of a pool; of two that are run alike nothing follows."""
CHANGED: Final = 16
"""Accounts are linked anew when this part of the resellers' changed, or any of them and a day has passed."""


class Pools:
    """Resellers' accounts that rare means link. The same ticks give the same pools, under the same ids."""

    def __init__(self, rules: LinkRules) -> None:
        self._rules = rules
        self._identities = Identities()
        self._linked: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._at = 0
        self._groups: dict[str, Group] = {}
        self._gone: tuple[Campaign, ...] = ()

    @property
    def groups(self) -> Mapping[str, Group]:
        """Pools by id."""
        return self._groups

    @property
    def gone(self) -> tuple[Campaign, ...]:
        """Pools that were no more when pools were last looked for."""
        return self._gone

    def update(self, end: int, view: View, others: NDArray[np.bool_]) -> None:
        """Look for pools as of `end` (ms) if enough changed; accounts of `others`, by row, are in none."""
        now = np.flatnonzero(view.relay & ~others)
        changed = len(np.setxor1d(now, self._linked, assume_unique=True))
        if changed * CHANGED >= max(len(self._linked), 1) or (changed and end - self._at >= DAY):
            self.link(end, view, others)

    def link(self, end: int, view: View, others: NDArray[np.bool_]) -> None:
        """Look for pools, whatever changed."""
        chosen = view.relay & ~others
        self._linked, self._at = np.flatnonzero(chosen), end
        found = run_alike(chosen, view, end, LEAST, self._rules)
        named = self._identities.name(found, view.names, end)
        self._gone = gone(self._groups, named.ids, named.merged, end)
        self._groups = {
            name: self._pool(name, members, view, end) for name, members in zip(named.ids, found, strict=True)
        }

    def _pool(self, name: str, members: NDArray[np.int64], view: View, end: int) -> Group:
        group = listed(name, members, view, end, self._rules)
        return replace(group, campaign=replace(group.campaign, action=POOL))
