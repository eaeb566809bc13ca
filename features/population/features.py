"""Features that only several accounts have together: who they are, and how they share the work."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from numba import njit

from features.account.measures import mean, spread
from features.account.sketches import distinct
from features.catalogue import Feature
from features.population.layout import FREE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from features.rows import Record

MOST: Final = 256
"""Members looked at, the newest first: a mean over more says the same."""

_SHARE: Final = ("share", 0.0, 1.0)
_LOG: Final = ("log2", 0.0, 32.0)
_RATIO: Final = ("ratio", 0.0, 2.0**16)
_EACH: Final = ("ratio", 0.0, 1.5e6)
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
    Feature("payers_each", "identity", *_EACH, "Different payers per member.",
            "Low: cards are shared.", "Organisations and families."),
    Feature("orgs_each", "identity", *_EACH, "Different organisations per member.",
            "High: accounts pretend to be strangers.", "Strangers are."),
    Feature("networks_each", "identity", *_EACH,
            "Different networks (/24 or /48) per member; NaN where none is known.",
            "Proxies.", "Mobile users."),
    Feature("devices_each", "identity", *_EACH, "Different devices per member; NaN where none is known.",
            "Low: relay software shows one device.", "Laboratories."),
    Feature("batches_each", "identity", *_EACH,
            "Different sign-up batches (one channel, the same hours) per member; NaN where none is known.",
            "Low: accounts are registered together.", "A course begins."),
    Feature("member_age", "identity", *_LOG,
            "Mean logarithm of hours from a member's sign-up to a request.",
            "Accounts are made for the campaign.", "New customers."),
    Feature("member_age_spread", "identity", *_LOG, "Spread of that logarithm.",
            "Low: accounts are registered together.", "A course begins."),
    Feature("foreign_share", "provenance", *_SHARE,
            "Requests that go on from an answer that another account was served, where that is known.",
            "Hand-over within a pool; replay of captured traces.", "Keys of one organisation."),
    Feature("joint_opening_variety", "content", *_SHARE, "Different conversation openings per request.",
            "Each item opens a conversation.", "Batch jobs."),
    Feature("joint_template_variety", "content", *_SHARE, "Different templates per request.",
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
    out[0] = group.kind
    _measure_work(group, out[1:6])
    out[6], out[7] = _dedication(group, accounts, edges)
    _measure_turns(group, out[8:11])
    _measure_people(group, out[11:19])
    out[19] = _variety(group.openings, group.texts)
    out[20] = _variety(group.templates, group.texts)
    out[21] = _variety(group.heads, group.texts)
    out[22] = _variety(group.tails, group.texts)
    out[23] = math.log2(1.0 + (state.last - state.first) / 3_600_000.0)


@njit(cache=True, nogil=True)
def _measure_work(group: Record, out: NDArray[np.float64]) -> None:
    members, each = group.members, group.events / group.members
    out[0] = math.log2(members)
    out[1] = math.log2(each)
    out[2] = group.steady / members
    out[3] = group.most / group.events
    out[4] = spread(group.events, group.squares, members) / each


@njit(cache=True, nogil=True)
def _measure_turns(group: Record, out: NDArray[np.float64]) -> None:
    out[0] = mean(group.switches, group.shown - 1)
    out[1] = mean(group.log_turn, group.turns) / 256.0 - math.log2(group.members)
    out[2] = spread(group.log_turn, group.log_turn_sq, group.turns) / 256.0


@njit(cache=True, nogil=True)
def _measure_people(group: Record, out: NDArray[np.float64]) -> None:
    members = group.members
    out[0] = distinct(group.payers) / members
    out[1] = distinct(group.orgs) / members
    out[2] = _known(distinct(group.networks)) / members
    out[3] = _known(distinct(group.devices)) / members
    out[4] = _known(distinct(group.batches)) / members
    out[5] = mean(group.log_age, group.with_age) / 256.0
    out[6] = spread(group.log_age, group.log_age_sq, group.with_age) / 256.0
    out[7] = mean(group.foreign, group.known)


@njit(cache=True, nogil=True)
def _variety(registers: NDArray[np.uint8], texts: int) -> float:
    return min(distinct(registers) / texts, 1.0) if texts > 0 else math.nan


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
