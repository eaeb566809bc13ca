"""The state of populations: what is kept of an object, of the requests that show it, and of who sent them.

An object is first only counted (`SLOT`). When a third account shows it, it becomes a population: its requests
fold into an account row (`features.account.layout.ACCOUNT_ROW`) as if one account had sent them, beside a
`GROUP` row of what only several accounts can have in common, and an `EDGE` to each of its members.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

KINDS: Final = (
    "template",
    "system",
    "head",
    "tail",
    "payment",
    "device",
    "network",
    "signup",
    "client",
    "settings",
)
"""What accounts can have in common: the words of a request, or what they are made and run with."""

WORDS: Final = range(4)
"""Kinds of words: their populations are scored, for what is asked tells what it is for."""

MEANS: Final = range(4, len(KINDS))
"""Kinds of infrastructure and accounts' circumstances: they link accounts, and are never scored."""

FREE: Final = -1
"""No row, no edge, no slot."""

DROPPED: Final = -2
"""In place of a row: so many accounts showed the object that it links nobody."""

SLOT: Final = np.dtype(
    [
        ("key", "<u8"),  # 0: empty
        ("row", "<i4"),  # its population, FREE or DROPPED
        ("first", "<i4"),  # the first account that showed it, and how often
        ("first_n", "<i4"),
        ("second", "<i4"),  # the second one; FREE before there is one
        ("second_n", "<i4"),
        ("hour", "<i4"),  # when it was last shown, in hours since the epoch
    ],
    align=True,
)

EDGE: Final = np.dtype(
    [
        ("population", "<i4"),  # FREE where the population was dropped
        ("account", "<i4"),
        ("count", "<i4"),
        ("at", "<i4"),  # the population's `shown` when this account last added to it; FREE before
        ("next_member", "<i4"),
        ("next_population", "<i4"),
        ("prior_population", "<i4"),
        ("day", "<i4"),  # when this account last showed it, in days since the epoch
    ],
    align=True,
)
"""An account's part in a population; edges of one population, and of one account, are linked lists."""

GROUP: Final = np.dtype(
    [
        ("key", "<u8"),
        ("kind", "<i4"),
        ("members", "<i4"),
        ("steady", "<i4"),  # members with two requests or more
        ("edge", "<i4"),  # the newest member's edge
        ("last_account", "<i4"),
        ("events", "<i4"),  # requests counted on edges
        ("most", "<i4"),  # requests of the busiest member
        ("shown", "<i4"),  # requests since it became a population
        ("turns", "<i4"),  # ... after another one of the same member
        ("switches", "<i4"),  # ... after one of another member
        ("texts", "<i4"),  # ... with a user message
        ("with_age", "<i4"),
        ("known", "<i4"),  # ... whose newest earlier answer is known to have been served
        ("foreign", "<i4"),  # ... to another account
        ("squares", "<i8"),  # sum of the squares of members' requests
        ("log_turn", "<i8"),  # 256 log2(1 + requests of others since the member's last)
        ("log_turn_sq", "<i8"),
        ("log_age", "<i8"),  # 256 log2(1 + hours since sign-up)
        ("log_age_sq", "<i8"),
        ("payers", "u1", (32,)),
        ("orgs", "u1", (32,)),
        ("networks", "u1", (32,)),
        ("devices", "u1", (32,)),
        ("batches", "u1", (32,)),
        ("openings", "u1", (32,)),
        ("templates", "u1", (32,)),
        ("heads", "u1", (32,)),
        ("tails", "u1", (32,)),
    ],
    align=True,
)


class Tables(NamedTuple):
    """The arrays of a `PopulationTable`, as its kernels take them; numbers in use are in `used`."""

    slots: NDArray[np.void]
    """objects by key, dtype SLOT; a power of two of places, empty where `key` is 0"""
    pairs: NDArray[np.int32]
    """edges by population and account; a power of two of places, FREE where empty"""
    states: NDArray[np.void]
    """dtype ACCOUNT_ROW, by population; empty where requests are not counted"""
    groups: NDArray[np.void]
    """dtype GROUP, by population"""
    edges: NDArray[np.void]
    """dtype EDGE"""
    of_account: NDArray[np.int32]
    """the newest edge of each account, or FREE"""
    used: NDArray[np.int64]
    """rows, edges and slots in use, at ROWS, EDGES and SLOTS"""


ROWS: Final = 0
EDGES: Final = 1
SLOTS: Final = 2
"""Places in `Tables.used`."""
