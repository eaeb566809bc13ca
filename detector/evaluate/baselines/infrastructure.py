"""Groups of accounts that share a payment, a device or an address, by union-find (Tarjan, JACM 1975).

What fraud teams do first, and one step of SynchroTrap (Cao, Yang, Yu and Palow, CCS 2014). Payments and
devices link whenever they are seen, addresses only by an account's first request, else an office or a
relay's exit joins everything; whatever more than `MOST` accounts share links none. A fixed rule, as it is
used: groups of `FEWEST` accounts are alerted at the end of the day that completes them; no reference is
needed. Ignores that companies and families share these things too, and that a careful campaign shares none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from detector.evaluate.baselines.usage import DAY
from detector.evaluate.baselines.verdicts import Running, verdicts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detector.evaluate.baselines.usage import Usage
    from detector.evaluate.predictions import Predictions

NAME: Final = "shared infrastructure"
FEWEST: Final = 5
MOST: Final = 10


def score(usage: Usage, reference: Usage | None) -> Predictions:  # noqa: ARG001 - a fixed rule needs none
    """Accounts in the account's group so far."""
    account, thing, day = links(usage)
    days = np.unique(usage.time // DAY)
    found = [groups(account[day <= d], thing[day <= d], len(usage.accounts)) for d in days.tolist()]
    sizes = np.array([np.bincount(group)[group] for group in found], dtype=np.float64)
    every = np.arange(len(usage.accounts), dtype=np.int32)
    ends = np.repeat((days + 1) * DAY, len(every))
    so_far = Running(np.tile(every, len(days)), ends, sizes.ravel())
    names = np.array([f"shared-{number}" for number in found[-1].tolist()], dtype=object)
    return verdicts(usage, so_far, FEWEST - 1, np.where(sizes[-1] >= FEWEST, names, np.array(None)))


def links(usage: Usage) -> tuple[NDArray[np.int32], NDArray[np.uint64], NDArray[np.int64]]:
    """Account, shared thing and day of each account's first use of it."""
    first = np.flatnonzero(np.diff(usage.account, prepend=-1) != 0)
    things = np.concatenate([usage.payment, usage.device, usage.ip[first]])
    accounts = np.concatenate([usage.account, usage.account, usage.account[first]])
    days = np.concatenate([usage.time, usage.time, usage.time[first]]) // DAY
    seen = np.flatnonzero(things)
    order = seen[np.lexsort((days[seen], things[seen], accounts[seen]))]
    new = (np.diff(accounts[order], prepend=-1) != 0) | (things[order] != np.roll(things[order], 1))
    kept = order[new]
    return accounts[kept], things[kept], days[kept]


def groups(account: NDArray[np.int32], thing: NDArray[np.uint64], accounts: int) -> NDArray[np.int32]:
    """The connected component of each account, shape (accounts,)."""
    _, code, shared_by = np.unique(thing, return_inverse=True, return_counts=True)
    linking = shared_by[code] <= MOST
    nodes = accounts + len(shared_by)
    edges = (np.ones(int(linking.sum()), dtype=np.int8), (account[linking], accounts + code[linking]))
    _, found = connected_components(coo_array(edges, shape=(nodes, nodes)), directed=False)
    component: NDArray[np.int32] = found[:accounts]
    return component
