"""Features that only several accounts have together: who they are, and how they share the work."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
from numba import njit

from features.account.measures import mean, spread
from features.account.sketches import distinct
from features.catalogue import Feature
from features.population.layout import FREE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from features.rows import Record

MOST: Final = 256
"""Members looked at, the newest first: a mean over more says the same."""

_SHARE: Final = ("share", 0.0, 1.0)
_LOG: Final = ("log2", 0.0, 32.0)
_RATIO: Final = ("ratio", 0.0, 64.0)
_HALF: Final = 0.5

FEATURES: Final = (
    Feature("kind", "content", "code", 0.0, 16.0, "What the accounts have in common.",
            "Words of a prompt say more than a network.", "Every product has words of its own."),
    Feature("members", "content", *_LOG, "Logarithm of the accounts.",
            "Work is spread over accounts.", "Classes, benchmarks, popular software."),
    Feature("requests_each", "content", *_LOG, "Logarithm of requests per member.",
            "A quota for everybody.", "Products."),
    Feature("steady_share", "content", *_SHARE, "Members with two requests or more.",
            "Accounts are used again.", "Products."),
    Feature("busiest_share", "content", *_SHARE, "Share of the busiest member.",
            "Low: no account does much of it.", "Popular texts."),
    Feature("unevenness", "content", *_RATIO, "Spread of requests over members, relative to their mean.",
            "Low: schedulers balance loads.", "A class's homework."),
    Feature("dedication", "content", *_SHARE, "Mean share of their requests that members make here.",
            "Accounts made for the campaign do little else.", "Single-purpose products."),
    Feature("dedicated_share", "content", *_SHARE, "Members that make half of their requests here.",
            "Accounts made for the campaign do little else.", "Single-purpose products."),
    Feature("switch_share", "content", *_SHARE, "Requests after one of another member.",
            "Rotation over a pool.", "Every popular text."),
    Feature("turn_distance", "content", "log2", -32.0, 32.0,
            "Mean logarithm of others' requests between two of a member, against that of the members.",
            "Zero: everybody once in turn (least recently used first).", "Popular texts."),
    Feature("turn_spread", "content", *_LOG, "Spread of that logarithm.",
            "Low: a scheduler's queue is regular.", "Few members."),
    Feature("payers_each", "identity", *_RATIO, "Different payers per member.",
            "Low: cards are shared.", "Organisations and families."),
    Feature("orgs_each", "identity", *_RATIO, "Different organisations per member.",
            "High: accounts pretend to be strangers.", "Strangers are."),
    Feature("networks_each", "identity", *_RATIO, "Different networks per member.",
            "Proxies.", "Mobile users."),
    Feature("devices_each", "identity", *_RATIO, "Different devices per member; NaN where none is known.",
            "Low: relay software shows one device.", "Laboratories."),
    Feature("batches_each", "identity", *_RATIO, "Different sign-up batches per member.",
            "Low: accounts are registered together.", "A course begins."),
    Feature("member_age", "identity", *_LOG, "Mean logarithm of hours since sign-up.",
            "Accounts are made for the campaign.", "New customers."),
    Feature("member_age_spread", "identity", *_LOG, "Spread of that logarithm.",
            "Low: accounts are registered together.", "A course begins."),
    Feature("foreign_share", "provenance", *_SHARE,
            "Requests that go on from an answer that another account was served, where that is known.",
            "Hand-over within a pool; replay of captured traces.", "Keys of one organisation."),
    Feature("opening_variety", "content", *_SHARE, "Different conversation openings per request.",
            "Each item opens a conversation.", "Batch jobs."),
    Feature("template_variety", "content", *_SHARE, "Different templates per request.",
            "Items that are tasks themselves.", "Chat behind one system prompt."),
    Feature("head_variety", "content", *_SHARE, "Different first words per request.",
            "Low: one instruction.", "Products."),
    Feature("tail_variety", "content", *_SHARE, "Different last words per request.",
            "Low: one instruction.", "Products."),
    Feature("duration", "timing", *_LOG, "Logarithm of hours from the first request to the last.",
            "Campaigns begin at once.", "Novelties."),
)  # fmt: skip


@njit(cache=True, nogil=True)
def measure(
    group: Record,
    state: Record,
    accounts: NDArray[np.void],
    edges: NDArray[np.void],
    out: NDArray[np.float64],
) -> None:
    """Write the features above, in their order, to `out`, for a population's `group` and `state`."""
    members = max(group.members, 1)
    each = group.events / members
    out[0] = group.kind
    out[1] = math.log2(members)
    out[2] = math.log2(max(each, 1e-9))
    out[3] = group.steady / members
    out[4] = group.most / max(group.events, 1)
    out[5] = spread(group.events, group.squares, members) / max(each, 1e-9)
    out[6], out[7] = _dedication(group, accounts, edges)
    turns = group.turns
    out[8] = mean(group.switches, max(group.events - 1, 0))
    out[9] = mean(group.log_turn, turns) / 256.0 - out[1]
    out[10] = spread(group.log_turn, group.log_turn_sq, turns) / 256.0
    out[11] = distinct(group.payers) / members
    out[12] = distinct(group.orgs) / members
    out[13] = _known(distinct(group.networks)) / members
    out[14] = _known(distinct(group.devices)) / members
    out[15] = _known(distinct(group.batches)) / members
    out[16] = mean(group.log_age, group.with_age) / 256.0
    out[17] = spread(group.log_age, group.log_age_sq, group.with_age) / 256.0
    out[18] = mean(group.foreign, group.known)
    texts = state.with_user
    out[19] = min(mean(distinct(group.openings), texts), 1.0) if texts > 0 else math.nan
    out[20] = min(mean(distinct(group.templates), texts), 1.0) if texts > 0 else math.nan
    out[21] = min(mean(distinct(group.heads), texts), 1.0) if texts > 0 else math.nan
    out[22] = min(mean(distinct(group.tails), texts), 1.0) if texts > 0 else math.nan
    out[23] = math.log2(1.0 + (state.last - state.first) / 3_600_000.0)


@njit(cache=True, nogil=True)
def _known(count: float) -> float:
    return count if count > 0 else math.nan


@njit(cache=True, nogil=True)
def _dedication(group: Record, accounts: NDArray[np.void], edges: NDArray[np.void]) -> tuple[float, float]:
    """Mean share of members' requests that are made here, and the share of members above one half."""
    total, above, seen = 0.0, 0, 0
    at = group.edge
    while at != FREE and seen < MOST:
        edge = edges[at]
        part = min(edge.count / max(accounts[edge.account].total, 1), 1.0)
        total += part
        above += part >= _HALF
        seen += 1
        at = edge.next_member
    return total / max(seen, 1), above / max(seen, 1)
