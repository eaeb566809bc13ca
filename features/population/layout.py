"""The state of populations: what is kept of an object, of the requests that show it, and of who sent them.

An object is first only counted (`SLOT`). When a third account shows it, it becomes a population: its requests
fold into an account row (`features.account.layout.ACCOUNT_ROW`) as if one account had sent them, beside a
`GROUP` row of what only several accounts can have in common, and an `EDGE` to each of its members.
"""

from __future__ import annotations

from typing import Final

import numpy as np

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

SLOT: Final = np.dtype(
    [
        ("key", "<u8"),  # 0: empty
        ("row", "<i4"),  # its population, or FREE
        ("first", "<i4"),  # the first account that showed it, and how often
        ("first_n", "<i4"),
        ("second", "<i4"),  # the second one; FREE before there is one
        ("second_n", "<i4"),
        ("day", "<i4"),  # when it was last shown, in days since the epoch
    ],
    align=True,
)

EDGE: Final = np.dtype(
    [
        ("population", "<i4"),
        ("account", "<i4"),
        ("count", "<i4"),
        ("at", "<i4"),  # the population's events when this account last added one
        ("next_member", "<i4"),
        ("next_population", "<i4"),
        ("day", "<i4"),
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
        ("turns", "<i4"),  # requests after another one of the same member
        ("switches", "<i4"),  # requests after one of another member
        ("with_age", "<i4"),
        ("known", "<i4"),  # requests whose newest earlier answer is known to have been served
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
