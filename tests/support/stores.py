"""Stores to test with, and what is committed to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from detector.store.findings import AlertRecord, VerdictRecord
from detector.store.intake import Frame, IntakeCounts, PartitionCommit, SeenSegment

if TYPE_CHECKING:
    from detector.store.intake import Claim
    from detector.store.interface import Store

TICK: Final = 100
"""ms of a tick in these tests"""


def commit_of(claim: Claim, position: int, *ticks: int, **changes: Any) -> PartitionCommit:
    """Progress to `position`, with a frame of one event for each of `ticks`."""
    frames = [Frame(tick, 1, f"{claim.origin} {position} {tick}".encode()) for tick in ticks]
    values: dict[str, Any] = {
        "state": f"state {position}".encode(),
        "watermark": None,
        "counts": IntakeCounts(read=position, accepted=position),
        "frames": frames,
        "seen": SeenSegment(position, f"seen {position}".encode()),
    }
    return PartitionCommit(claim.origin, claim.epoch, position, **(values | changes))


def claimed(store: Store, origin: str = "t/0", owner: str = "a") -> Claim:
    """A claim of one partition."""
    return store.claim([origin], owner, 0)[origin]


def lease_of(store: Store, owner: str = "leader") -> int:
    """A lease for long."""
    lease = store.lead(owner, 0, 1_000_000)
    assert lease is not None
    return lease


def alert_of(number: int, revision: int = 1, time: int = 100, **changes: Any) -> AlertRecord:
    """A revision of an alert about an account."""
    values: dict[str, Any] = {
        "kind": "account",
        "subject_id": f"acc-{number}",
        "label": "distillation",
        "score": 0.9,
        "status": "open",
        "body": b'{"n": %d}' % number,
    }
    return AlertRecord(f"alr_{number}", revision, time, **(values | changes))


def verdict_of(account_id: str, time: int = 100, score: float = 0.9) -> VerdictRecord:
    """What is thought of an account."""
    return VerdictRecord(account_id, "distillation", score, "open", "cmp_1", time)
