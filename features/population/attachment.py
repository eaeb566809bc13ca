"""What an account takes part in: its share in the populations of its words, and how those are scored.

An account inherits from a population in proportion to its own part in it. One request in common with
strangers is chance: a part counts from two requests on, and from a quarter of what members usually make.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
from numba import njit

from features.catalogue import Feature
from features.population.growth import reserved
from features.population.layout import FREE, WORDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from features.population.table import PopulationTable

LOWEST: Final = -12.0
"""Log-odds of a population that was not scored, and the least that any is taken for."""

PART: Final = np.dtype(
    [
        ("population", "<i4"),  # its row, or whatever the log-odds are found by
        ("kind", "<i4"),
        ("count", "<i4"),  # requests of the account in it
        ("members", "<i4"),
        ("share", "<f4"),  # of the account's requests
        ("relative", "<f4"),  # requests of the account against the mean of members
    ],
    align=True,
)
"""An account's part in one population."""

_ROOM: Final = 64
"""Parts of an account that there is room for at first; memory is taken as it is written."""
_KINDS: Final = len(WORDS)
_FEW: Final = 2
_RELATIVE: Final = 0.25
_SHARE: Final = ("share", 0.0, 1.0)
_ODDS: Final = ("logit", LOWEST, 700.0)
_LOG: Final = ("log2", -32.0, 32.0)

FEATURES: Final = (
    Feature("shared_score", "population", *_ODDS,
            "Log-odds of distillation of the most suspicious wording that the account shares with others.",
            "A campaign's wording is its accounts' bond.", "Quoting a campaign's words by accident."),
    Feature("shared_part", "population", *_SHARE, "Requests that are made in that wording.",
            "Accounts made for the campaign do little else.", "Single-purpose products."),
    Feature("shared_relative", "population", *_LOG,
            "Logarithm of those requests against what its users usually make.",
            "A member does as much as the others.", "A passer-by does less."),
    Feature("shared_members", "population", *_LOG, "Logarithm of the accounts that use that wording.",
            "Work is spread over accounts.", "Popular wordings."),
    Feature("touched_score", "population", *_ODDS,
            "Log-odds of the most suspicious wording that was used even once.",
            "Weak: a first request.", "Accident."),
    Feature("suspicious_part", "population", *_SHARE,
            "Requests in wordings that are more likely a campaign's than not.",
            "A pipeline varies its wording.", "Customers of a relay that also serves a campaign."),
    Feature("suspicious_wordings", "population", *_LOG, "Logarithm of how many such wordings.",
            "A pipeline varies its wording.", "Accident."),
    Feature("second_score", "population", *_ODDS, "Log-odds of the next suspicious wording.",
            "Head, tail and template agree.", "Accident."),
)  # fmt: skip


def parts_of(
    table: PopulationTable, totals: NDArray[np.int32], accounts: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.void]]:
    """How many parts each of `accounts` has, shape (n,), and the parts in their order, dtype PART.

    `totals` are the requests of every account, by account row.
    """
    counts = np.zeros(len(accounts), dtype=np.int64)
    parts: NDArray[np.void] = np.empty(_ROOM * len(accounts), dtype=PART)
    done = found = 0
    # lists of edges are all over the memory: they are followed once
    while done < len(accounts):
        done, found = _gather(
            table.of_account, table.edges, table.groups, totals, accounts, done, found, counts, parts
        )
        parts = parts if done == len(accounts) else reserved(parts, 2 * len(parts))
    return counts, parts[:found]


def is_part(parts: NDArray[np.void]) -> NDArray[np.bool_]:
    """Whether each part is more than chance: two requests, and a quarter of what members usually make."""
    real: NDArray[np.bool_] = (parts["count"] >= _FEW) & (parts["relative"] >= _RELATIVE)
    return real


def attach(
    counts: NDArray[np.int64], parts: NDArray[np.void], logits: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The features above, shape (len(counts), len(FEATURES)), from log-odds by `parts["population"]`."""
    out = np.empty((len(counts), len(FEATURES)))
    _attach(counts, parts, logits, out)
    return out


def strongest(
    counts: NDArray[np.int64], parts: NDArray[np.void], logits: NDArray[np.float64]
) -> NDArray[np.int64]:
    """The population behind each account's `shared_score`, shape (len(counts),); FREE where there is none."""
    owner, found = np.repeat(np.arange(len(counts)), counts), logits[parts["population"]]
    able = np.flatnonzero(is_part(parts) & (found > LOWEST))
    order = able[np.lexsort((able, -found[able], owner[able]))]
    accounts, first = np.unique(owner[order], return_index=True)
    out = np.full(len(counts), FREE, dtype=np.int64)
    out[accounts] = parts["population"][order[first]]
    return out


@njit(cache=True, nogil=True)
def _gather(
    of_account: NDArray[np.int32],
    edges: NDArray[np.void],
    groups: NDArray[np.void],
    totals: NDArray[np.int32],
    accounts: NDArray[np.int64],
    done: int,
    found: int,
    counts: NDArray[np.int64],
    parts: NDArray[np.void],
) -> tuple[int, int]:
    """Go on with the accounts from `done` on, with the parts from `found` on; how far there was room."""
    for i in range(done, accounts.shape[0]):
        first = found
        at = of_account[accounts[i]]
        while at != FREE:
            if found == parts.shape[0]:
                return i, first
            edge = edges[at]
            group = groups[edge.population]
            part = parts[found]
            part.population = edge.population
            part.kind = group.kind
            part.count = edge.count
            part.members = group.members
            part.share = min(edge.count / max(totals[accounts[i]], 1), 1.0)
            part.relative = edge.count * group.members / max(group.events, 1)
            found += 1
            at = edge.next_population
        counts[i] = found - first
    return accounts.shape[0], found


@njit(cache=True, nogil=True)
def _attach(
    counts: NDArray[np.int64],
    parts: NDArray[np.void],
    logits: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    at = 0
    shares = np.zeros(_KINDS)
    for i in range(counts.shape[0]):
        best, second, touched, chosen, many = LOWEST, LOWEST, LOWEST, -1, 0
        shares[:] = 0.0
        for number in range(at, at + counts[i]):
            part = parts[number]
            score = max(logits[part.population], LOWEST)
            touched = max(touched, score)
            if score > 0.0:
                shares[part.kind] += part.share
            if part.count < _FEW or part.relative < _RELATIVE:
                continue
            many += score > 0.0
            if score > best:
                best, second, chosen = score, best, number
            elif score > second:
                second = score
        at += counts[i]
        out[i, 0] = best
        out[i, 1] = parts[chosen].share if chosen >= 0 else 0.0
        out[i, 2] = math.log2(parts[chosen].relative) if chosen >= 0 else -4.0
        out[i, 3] = math.log2(parts[chosen].members) if chosen >= 0 else 0.0
        out[i, 4] = touched
        out[i, 5] = min(shares.max(), 1.0)
        out[i, 6] = math.log2(1.0 + many)
        out[i, 7] = second
