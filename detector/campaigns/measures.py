"""What the rules of linking compare, each in one place.

Written with operators alone, so that arrays of NumPy and columns of Spark go through the same lines, to the
same doubles.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detector.campaigns.rules import LinkRules

MOST: Final = 0.5
"""Share of covered accounts among those that show some words, from which on these words link them."""


def weight_of(
    count: NDArray[np.int64], shown: NDArray[np.integer[Any]], day: int, rules: LinkRules
) -> NDArray[np.float64]:
    """Requests of an account in an object, last `shown` on a day: those of half a life ago count half."""
    age = np.maximum(day - shown, 0)
    weight: NDArray[np.float64] = count * np.exp2(-age / rules.half_life)
    return weight


def is_shown(count: Any, shown: Any, day: int, rules: LinkRules) -> Any:
    """Whether an account showed an object often enough, and not too long ago."""
    return (count >= rules.least_requests) & (shown >= day - rules.horizon)


def is_main(weight: Any, best: Any, rules: LinkRules) -> Any:
    """Whether an object holds a good part of what the account's largest one holds."""
    return weight >= rules.main_share * best


def is_specific(own: Any, best: Any, rules: LinkRules) -> Any:
    """Whether an object is nearly as exclusive as the account's most exclusive one."""
    return own >= rules.specific_share * best


def share_of(covered: Any, members: Any, doubt: float = 0.0) -> Any:
    """Share of covered accounts among the `members` that show an object; there is one at least."""
    return covered / (members + doubt)


def is_mostly(covered: Any, members: Any) -> Any:
    """Whether words are mostly covered accounts', so that they go on linking them."""
    return share_of(covered, members) >= MOST


def is_common(number: Any, size: Any, rules: LinkRules) -> Any:
    """Whether so many of a group's accounts show an object that it speaks for the group."""
    return number >= rules.common_share * size
