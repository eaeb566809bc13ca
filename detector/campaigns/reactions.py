"""Reactions: work that moves on when accounts are stopped, and work that moves to a new model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from features.account.fold import HOUR

if TYPE_CHECKING:
    from numpy.typing import NDArray

WITHIN: Final = 24 * HOUR
"""How soon others must take up the work (ms)."""
AT_ONCE: Final = 6 * HOUR
"""Members that fall silent within so long of each other do so together."""
MANY: Final = 0.5
"""Of the members at work, how many must fall silent together: single accounts come and go."""
LEAST: Final = 3
RESTORED: Final = 0.5
"""New members, against those who fell silent, before one speaks of restored work."""


def migrated_from(
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    banned: NDArray[np.int64],
    end: int,
    within: int = WITHIN,
) -> NDArray[np.bool_]:
    """Which members of one campaign were stopped or fell silent, and had their work taken up by new ones.

    Of each member the first and the last request and the ban (0: none), ms; `end` is now. A banned one must
    have been at work when it was banned; silence counts where a good part of the members at work fell silent
    together, and about as many began within `within` after.
    """
    by_ban = (banned > 0) & (last >= banned - within) & (_begun(first, banned, within) > 0)
    moved: NDArray[np.bool_] = by_ban | (_fell_silent(first, last, end, within) & (banned == 0))
    return moved


def _fell_silent(
    first: NDArray[np.int64], last: NDArray[np.int64], end: int, within: int
) -> NDArray[np.bool_]:
    ends = np.sort(last)
    together = np.searchsorted(ends, last + AT_ONCE, side="right") - np.searchsorted(ends, last - AT_ONCE)
    at_work = np.searchsorted(np.sort(first), last, side="right") - np.searchsorted(ends, last - AT_ONCE)
    begun = _begun(first, last, within)
    silent = (end - last > within) & (together >= LEAST) & (together >= MANY * at_work)
    restored: NDArray[np.bool_] = silent & (begun >= np.maximum(RESTORED * together, 1))
    return restored


def _begun(first: NDArray[np.int64], since: NDArray[np.int64], within: int) -> NDArray[np.int64]:
    """How many begin after each time and within so long."""
    starts = np.sort(first)
    return np.searchsorted(starts, since + within, side="right") - np.searchsorted(
        starts, since, side="right"
    )


def pivoted(
    times: NDArray[np.int64],
    share: NDArray[np.float64],
    released: int,
    *,
    within: int = WITHIN,
    most: float = 0.5,
) -> bool:
    """Whether work moved to a new model within a day of its release, and stayed.

    `share` is the part of a group's requests that ask for the model, in steps that end at `times` (ms,
    ascending). A benchmark's burst goes back: some later step has less than `most` of it again. Without a
    step after the day nothing can be said.
    """
    soon = (times > released) & (times <= released + within)
    later = times > released + within
    if not soon.any() or not later.any():
        return False
    return bool(share[soon].max() >= most and share[later].min() >= most)
