"""Looks at the store: can it be used, who leads, how much a recovery would have to do."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from rich.filesize import decimal

from detector.hook.controls import mode_of
from detector.ops.amounts import duration
from detector.ops.checking import failure, ok, warning
from detector.ops.setup_checks import is_unmade
from detector.store.errors import StoreError, StoreUnavailable
from detector.store.intake import IntakeCounts
from detector.store.opening import open_store
from detector.stream.calibrated import enforcing_doubt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detector.ops.checking import Check
    from detector.store.findings import Leadership
    from detector.store.interface import Store
    from detector.store.inventory import Inventory

_TIMEOUT: Final = 10.0
_BEHIND: Final = 3_600_000
"""ms of event time that a checkpoint may be behind; as in the rule `StillwatchCheckpointOld`"""
_LATE: Final = 0.01
"""share of events that may come too late"""


@contextmanager
def opened(url: str) -> Iterator[tuple[Store | None, list[Check]]]:
    """The store, if it can be used, and what is to be said of that."""
    if is_unmade(url):
        yield None, [ok("store", "is not there yet; the first `stillwatch run` makes the file")]
        return
    try:
        store = open_store(url, timeout=_TIMEOUT)
    except StoreUnavailable as error:
        yield None, [failure("store", error)]
        return
    except StoreError as error:
        yield None, [failure("schema", error)]
        return
    try:
        yield store, []
    finally:
        store.close()


def store_checks(store: Store, tick: int, now: int) -> Iterator[Check]:
    """`tick` is a tick's length, ms; `now` the wall clock."""
    try:
        found, lead, enforcement = store.inventory(), store.leadership(), _enforcement(store)
        counts = IntakeCounts.total(one.counts for one in store.partitions())
    except StoreError as error:
        yield failure("store", error)
        return
    yield ok("store", f"answers; {decimal(found.bytes)}, {lead.alerts:,} revisions of alerts")
    yield ok("schema", f"{found.schema}, which is the latest")
    yield _checkpoint(found, lead, tick)
    yield _leader(lead, now)
    yield _in_time(counts)
    yield enforcement


def _checkpoint(found: Inventory, lead: Leadership, tick: int) -> Check:
    waiting = f"{found.waiting:,} events wait in frames"
    if lead.concluded is None:
        return ok("checkpoint", f"no tick is concluded yet; {waiting}")
    if lead.checkpoint is None:
        return ok("checkpoint", f"none yet; {waiting}, which a restart would fold")
    behind = (lead.concluded - lead.checkpoint) * tick
    said = f"{duration(behind)} of event time behind; {waiting}"
    if behind > _BEHIND:
        return warning("checkpoint", said, "look at the leader's log and at the store's disk")
    return ok("checkpoint", said)


def _in_time(counts: IntakeCounts) -> Check:
    said = f"{counts.late:,} of {counts.read:,} records came too late to count"
    if counts.late <= _LATE * counts.read:
        return ok("lateness", said)
    remedy = "send events in order of time, or raise --lateness; for an older log use `stillwatch replay`"
    return warning("lateness", said, remedy)


def _enforcement(store: Store) -> Check:
    if mode_of(store) != "enforce":
        return ok("enforcement", "shadow: nothing is done to requests")
    doubt = enforcing_doubt(store)
    if doubt is None:
        return ok("enforcement", "on, by calibrated thresholds")
    remedy = "give `stillwatch run` its --calibration, or `stillwatch policy mode shadow` meanwhile"
    return warning("enforcement", f"on, and {doubt}", remedy)


def _leader(lead: Leadership, now: int) -> Check:
    if lead.owner is None:
        return warning("leader", "nobody leads, so no tick closes", "start `stillwatch run`")
    left = lead.until - now
    if left > 0:
        return ok("leader", f"{lead.owner}, for {duration(left)} more unless it renews")
    remedy = "start `stillwatch run`; if one runs, compare the clocks of the machines"
    return warning("leader", f"the lease of {lead.owner} ended {duration(left)} ago", remedy)
