"""Reactions: work that moves on when accounts are stopped, and work that moves to a new model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from detector.campaigns.campaign import Indicator
from features.account.fold import HOUR

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detector.campaigns.releases import Releases, Uptake

WITHIN: Final = 24 * HOUR
"""How soon others must take up the work (ms)."""
AT_ONCE: Final = 6 * HOUR
"""Members that fall silent within so long of each other do so together."""
MANY: Final = 0.5
"""Of the members at work, how many must fall silent together: single accounts come and go."""
LEAST: Final = 3
PATIENCE: Final = 4
"""Times an account's usual gap before it is silent: of one that asks every other day two days say nothing."""
RESTORED: Final = 0.5
"""New members, against those who fell silent, before one speaks of restored work."""

PIVOT: Final = "model_pivot"
"""The indicator of work that moved to a new model; none of the advisory's four."""
MOVED: Final = 0.4
"""Of a group's requests: the campaign that was told of moved nearly half of its traffic in a day."""
STAYED: Final = 0.5
"""Of what a group must have moved, what must be left in every later step: a benchmark's burst goes back."""
MORE: Final = 2.0
"""Times the share of everybody else: where all go over, nobody reacts."""
ENOUGH: Final = 20
"""Requests of a group before a share of them says something."""


class Stints:
    """When the members of a campaign were at work: since when, and until when, with at most one long pause.

    All times are ms, of shape (members,); `left` and `resumed` are the pause, 0 where there was none, and
    `total` are each member's requests.
    """

    def __init__(
        self,
        first: NDArray[np.int64],
        last: NDArray[np.int64],
        total: NDArray[np.int64],
        left: NDArray[np.int64],
        resumed: NDArray[np.int64],
    ) -> None:
        pause = resumed - left
        self.last = last
        self.patience = PATIENCE * (last - first - pause) / np.maximum(total - 1 - (pause > 0), 1)
        paused = (resumed > 0) & (pause >= self.patience)
        self._starts = np.sort(np.concatenate([first, resumed[paused]]))
        self._ends = np.sort(np.concatenate([last, left[paused]]))

    def begun(self, since: NDArray[np.int64], within: int) -> NDArray[np.int64]:
        """How many begin, or come back, after each time and within so long."""
        until = np.searchsorted(self._starts, since + within, side="right")
        return until - np.searchsorted(self._starts, since, side="right")

    def stopped(self) -> NDArray[np.int64]:
        """How many stop at about the time at which each member did, itself included."""
        until = np.searchsorted(self._ends, self.last + AT_ONCE, side="right")
        return until - np.searchsorted(self._ends, self.last - AT_ONCE)

    def at_work(self) -> NDArray[np.int64]:
        """How many were at work shortly before each member stopped."""
        begun = np.searchsorted(self._starts, self.last, side="right")
        return begun - np.searchsorted(self._ends, self.last - AT_ONCE)


def migrated_from(
    stints: Stints, banned: NDArray[np.int64], end: int, within: int = WITHIN
) -> NDArray[np.bool_]:
    """Which members of one campaign were stopped or fell silent, and had their work taken up.

    By members that were new, or had been idle for days. `banned` is when each was, ms, 0 for not; `end` is
    now. A banned one must have been at work when it was banned; silence counts where a good part of the
    members at work fell silent together, and about as many began within `within` after.
    """
    by_ban = (banned > 0) & (stints.last >= banned - within) & (stints.begun(banned, within) > 0)
    moved: NDArray[np.bool_] = by_ban | (_fell_silent(stints, end, within) & (banned == 0))
    return moved


def _fell_silent(stints: Stints, end: int, within: int) -> NDArray[np.bool_]:
    together, begun = stints.stopped(), stints.begun(stints.last, within)
    silent = end - stints.last > np.maximum(within, stints.patience)
    silent &= (together >= LEAST) & (together >= MANY * stints.at_work())
    restored: NDArray[np.bool_] = silent & (begun >= np.maximum(RESTORED * together, 1))
    return restored


def pivots(releases: Releases, members: NDArray[np.int64], end: int) -> tuple[Indicator, ...]:
    """The release that `members` (account rows) moved to, as far as is known at `end` (ms); none, or one."""
    found = [_pivot(uptake, members, end) for uptake in reversed(releases.uptakes)]
    return tuple(one for one in found if one is not None)[:1]


def _pivot(uptake: Uptake, members: NDArray[np.int64], end: int) -> Indicator | None:
    """Members that were at work before the release, and moved to the model within a day as others did not."""
    own = uptake.of(members)
    told = np.flatnonzero((uptake.ends <= end) & (own[0] >= ENOUGH))
    share = own[1, told] / own[0, told]
    if uptake.before(members) < ENOUGH or not pivoted(uptake.ends[told], share, uptake.release.time):
        return None
    at = int(np.argmax(np.where(uptake.ends[told] <= uptake.release.time + WITHIN, share, 0.0)))
    others = (uptake.everybody - own)[:, told[at]]
    usual = float(others[1] / max(others[0], 1))
    if share[at] < MORE * usual:
        return None
    return Indicator(
        PIVOT,
        f"up to {share[at]:.0%} of the members' requests went to {uptake.release.model} within a day of its "
        f"release, and they stayed there; of everybody else's {usual:.0%}",
    )


def pivoted(
    times: NDArray[np.int64],
    share: NDArray[np.float64],
    released: int,
    *,
    within: int = WITHIN,
    most: float = MOVED,
    left: float = STAYED,
) -> bool:
    """Whether work moved to a new model within a day of its release, and stayed.

    `share` is the part of a group's requests that ask for the model, in steps that end at `times` (ms,
    ascending): it reaches `most` within the day, and no later step has less than a part `left` of that again.
    Without a step after the day nothing can be said.
    """
    soon = (times > released) & (times <= released + within)
    later = times > released + within
    if not soon.any() or not later.any():
        return False
    return bool(share[soon].max() >= most and share[later].min() >= left * most)
