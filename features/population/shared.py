"""What only several accounts have together: counted in the group row beside the account state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numba import njit

from features.account.fold import HOUR, log256
from features.account.sketches import add_distinct
from features.hashing import mix64
from features.population.layout import FREE
from features.population.objects import batch_of

if TYPE_CHECKING:
    from features.rows import Record


@njit(cache=True, nogil=True)
def count_turn(group: Record, edge: Record, account: int) -> None:
    """Count whose turn it was: how many requests of others came since this member's last."""
    if edge.at != FREE:
        value = log256(group.shown - edge.at)
        group.turns += 1
        group.log_turn += value
        group.log_turn_sq += value * value
    group.shown += 1
    edge.at = group.shown
    if group.last_account != FREE:
        group.switches += group.last_account != account
    group.last_account = account


@njit(cache=True, nogil=True)
def count_shared(group: Record, row: Record, sketch: Record, origin: int) -> None:
    """Count who pays and signs in from where; `origin` is whom the newest earlier answer was served to."""
    if row.account_created > 0:
        value = log256(max(row.time - row.account_created, 0) / HOUR)
        group.with_age += 1
        group.log_age += value
        group.log_age_sq += value * value
    if origin != FREE:
        group.known += 1
        group.foreign += origin != row.account
    # an account that shows no payer pays for itself
    payer = row.payment if row.payment != 0 else mix64(row.account + 1)
    add_distinct(group.payers, payer)
    add_distinct(group.orgs, row.org if row.org != 0 else payer)
    if row.ip_net != 0:
        add_distinct(group.networks, row.ip_net)
    if row.device != 0:
        add_distinct(group.devices, row.device)
    batch = batch_of(row)
    if batch != 0:
        add_distinct(group.batches, batch)
    if sketch.present == 1 and sketch.user_turns > 0:
        _count_words(group, sketch)


@njit(cache=True, nogil=True)
def _count_words(group: Record, sketch: Record) -> None:
    group.texts += 1
    if sketch.opening != 0:
        add_distinct(group.openings, sketch.opening)
    if sketch.template != 0:
        add_distinct(group.templates, mix64(sketch.template))
    if sketch.head != 0:
        add_distinct(group.heads, mix64(sketch.head))
    if sketch.tail != 0:
        add_distinct(group.tails, mix64(sketch.tail))
