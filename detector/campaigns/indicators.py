"""The four indicators of CISA's advisory AA26-251A, where a campaign shows them.

Each has ordinary honest causes, so that none is ever a reason for an alert: they are named beside one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from detector.campaigns.campaign import Indicator
from detector.campaigns.kernels import distinct_each
from features.account.fold import DAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

ADVISORY: Final = ("around_the_clock", "no_ramp", "many_networks", "use_out_of_proportion")
"""What the four are called; other indicators are reactions."""
HOURS: Final = 24
LEAST_SPAN: Final = 2 * DAY
LEAST_HOURLY: Final = 8
"""Requests per hour of the day, so that an idle hour is no accident."""
QUIETEST: Final = 0.4
"""Least requests in the quietest hour of the day, against the mean hour."""
NEW: Final = 7 * DAY
FIRST_DAY: Final = 0.8
"""Requests of an account's first day, against its busiest one."""
MANY_NETWORKS: Final = 8
MANY_CLIENTS: Final = 3
HEAVY: Final = 10
"""Times the usual requests a day."""
MOST_MEMBERS: Final = 0.5


def indicators(members: NDArray[np.void], usual: float) -> tuple[Indicator, ...]:
    """What holds of the `members`, rows of ACCOUNT_ROW; `usual` requests a day are the median account's."""
    found = (_around_the_clock(members), _no_ramp(members), _many_networks(members), _overuse(members, usual))
    return tuple(one for one in found if one is not None)


def requests_a_day(rows: NDArray[np.void]) -> NDArray[np.float64]:
    """Requests per day of each account since its first one, shape (accounts,); at least a day is counted."""
    days = np.maximum((rows["last"] - rows["first"]) / DAY, 1.0)
    rate: NDArray[np.float64] = rows["total"] / days
    return rate


def _around_the_clock(members: NDArray[np.void]) -> Indicator | None:
    by_hour = members["hours"].astype(np.int64).sum(axis=0)
    span = int(members["last"].max()) - int(members["first"].min())
    mean = by_hour.sum() / HOURS
    if span < LEAST_SPAN or mean < LEAST_HOURLY or by_hour.min() < QUIETEST * mean:
        return None
    quiet = by_hour.min() / mean
    return Indicator(
        "around_the_clock",
        f"active in every hour of the day over {span / DAY:.0f} days; the quietest hour has {quiet:.0%} "
        "of the mean",
    )


def _no_ramp(members: NDArray[np.void]) -> Indicator | None:
    """Only members with a known sign-up that were seen for long enough to have grown."""
    known = members[(members["created"] > 0) & (members["last"] - members["first"] >= LEAST_SPAN)]
    if len(known) == 0:
        return None
    new = known["first"] - known["created"] < NEW
    at_once = new & (known["early"] >= FIRST_DAY * known["day_peak"])
    if at_once.mean() < MOST_MEMBERS:
        return None
    return Indicator(
        "no_ramp",
        f"{int(at_once.sum()):,} of {len(known):,} members were at their full use on the first day, "
        "within a week of sign-up",
    )


def _many_networks(members: NDArray[np.void]) -> Indicator | None:
    networks, clients = distinct_each(members["networks"]), distinct_each(members["agents"])
    shared = (networks >= MANY_NETWORKS) & (clients >= MANY_CLIENTS)
    if shared.mean() < MOST_MEMBERS:
        return None
    return Indicator(
        "many_networks",
        f"{int(shared.sum()):,} of {len(members):,} members came from {MANY_NETWORKS} networks or more "
        f"and with {MANY_CLIENTS} clients or more",
    )


def _overuse(members: NDArray[np.void], usual: float) -> Indicator | None:
    """Plans are no part of account rows, so that use is set against what accounts usually have."""
    rate = float(np.median(requests_a_day(members)))
    if usual <= 0 or rate < HEAVY * usual:
        return None
    return Indicator(
        "use_out_of_proportion",
        f"{rate:,.0f} requests a day of the median member, {rate / usual:,.0f} times the median account's",
    )
