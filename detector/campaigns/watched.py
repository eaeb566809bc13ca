"""Groups that are no campaigns and are shown all the same: pools, and searches for a technique."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from detector.campaigns.notices import Notices
from detector.campaigns.pools import Pools
from features.account.fold import HOUR

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from detector.alert import Alert
    from detector.campaigns.campaign import Campaign
    from detector.campaigns.groups import Group
    from detector.campaigns.rules import LinkRules
    from detector.campaigns.view import View
    from detector.policy import Policy

EVERY: Final = HOUR
"""How often they are looked for (ms): that takes time in proportion to all accounts."""


class Watched:
    """Pools and searches from tick to tick. Neither makes an account more suspicious."""

    def __init__(self, model_id: str, rules: LinkRules, policy: Policy) -> None:
        self._pools = Pools(rules)
        self._notices = Notices(model_id, rules, policy)
        self._looked = 0

    @property
    def groups(self) -> Mapping[str, Group]:
        """All of them, by id."""
        return {**self._pools.groups, **self._notices.groups}

    def changed(self, end: int) -> dict[str, Campaign]:
        """Those that were looked at anew at `end` (ms), and those that were no more then, by id."""
        over = *self._pools.gone, *self._notices.gone
        found = (*over, *(one.campaign for one in self.groups.values()))
        return {one.campaign_id: one for one in found if one.updated == end}

    def update(self, end: int, view: View, members: NDArray[np.bool_]) -> list[Alert]:
        """The notices that follow from a tick that ended at `end` (ms).

        `members`, shape (accounts,), are in campaigns, and so in nothing else.
        """
        if end - self._looked < EVERY:
            return []
        self._looked = end
        told = self._notices.update(end, view, members)
        self._pools.update(end, view, members | self._searching(view))
        return told

    def settle(self, end: int, view: View, members: NDArray[np.bool_]) -> None:
        """Bring both up to date at the end of a log; nothing is told."""
        self._notices.leave(members | view.covered)
        self._pools.link(end, view, members | self._searching(view))

    def _searching(self, view: View) -> NDArray[np.bool_]:
        out: NDArray[np.bool_] = view.covered & False
        for group in self._notices.groups.values():
            out[list(group.campaign.members)] = True
        return out
