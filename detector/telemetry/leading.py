"""What the leader tells of itself: per tick, per transaction and per checkpoint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from detector.telemetry.metrics import leader, store
from models.scorer import LABELS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detector.store.findings import Findings
    from detector.telemetry.metrics.instruments import Instruments
    from detector.telemetry.spans import Spans


@dataclass(frozen=True, slots=True)
class TableSize:
    """A table of the state."""

    rows: int
    """in use"""
    bytes: int
    """in memory, room to grow included"""


@dataclass(frozen=True, slots=True)
class Standing:
    """What there is after a tick."""

    tables: Mapping[str, TableSize]
    active: int
    """accounts in memory"""
    cold: int
    """accounts laid off to the store"""
    campaigns: int
    """open ones"""
    verdicts: Mapping[str, int]
    """accounts by label"""


class LeaderTelemetry:
    """Metrics of one process that may lead. Times of day and of events are ms, durations seconds."""

    def __init__(self, instruments: Instruments, spans: Spans) -> None:
        self.span = spans.span
        self._instruments = instruments
        self._leads = False

    def leads(self, *, now: bool) -> None:
        """Whether this process holds the lease; call it whenever the lease was asked for."""
        self._instruments.set(leader.LEADER, now)
        self._instruments.add(leader.LEASE_CHANGES, now != self._leads)
        if self._leads and not now:
            self._forget()
        self._leads = now

    def tick_length(self, length: int) -> None:
        """Event time in a tick, ms."""
        self._instruments.set(leader.TICK_LENGTH, length / 1000)

    def ticked(self, end: int, events: int, seconds: float) -> None:
        """A tick that ends at `end` was folded, scored and linked."""
        self._instruments.observe(leader.TICK_TIME, seconds)
        self._instruments.add(leader.TICKS, 1)
        self._instruments.add(leader.FOLDED, events)
        self._instruments.set(leader.TICK_END, end / 1000)

    def stands(self, standing: Standing) -> None:
        """What there is; as often as it is cheap to know."""
        for table, size in standing.tables.items():
            self._instruments.set(leader.STATE_ROWS, size.rows, table)
            self._instruments.set(leader.STATE_BYTES, size.bytes, table)
        self._instruments.set(leader.ACCOUNTS, standing.active, "active")
        self._instruments.set(leader.ACCOUNTS, standing.cold, "cold")
        self._instruments.set(leader.CAMPAIGNS, standing.campaigns)
        for label in LABELS:
            self._instruments.set(leader.VERDICTS, standing.verdicts.get(label, 0), label)

    def waiting(self, frames: int) -> None:
        """Frames in the store that are not yet folded."""
        self._instruments.set(leader.FRAMES_WAITING, frames)

    def concluded(self, findings: Findings, seconds: float) -> None:
        """A transaction of `seconds` made `findings` durable."""
        self._instruments.observe(store.COMMIT_TIME, seconds, "leader")
        for alert in findings.alerts:
            self._instruments.add(leader.ALERTS, 1, alert.kind, alert.label, alert.status)

    def fenced(self) -> None:
        """A transaction was refused, because the lease had gone to somebody else."""
        self._instruments.add(store.FENCED, 1, "leader")

    def failed(self) -> None:
        """A transaction failed and is tried again."""
        self._instruments.add(store.STORE_ERRORS, 1, "leader")

    def moved(self, evicted: int, returned: int) -> None:
        """Accounts were laid off to the store, and taken back from it."""
        self._instruments.add(leader.MOVES, evicted, "evicted")
        self._instruments.add(leader.MOVES, returned, "returned")

    def checkpointed(self, now: int, written: int, seconds: float) -> None:
        """At `now` a checkpoint was done, of `written` bytes."""
        self._instruments.observe(store.CHECKPOINT_TIME, seconds)
        self._instruments.add(store.CHECKPOINT_BYTES, written)
        self._instruments.set(store.CHECKPOINTED, now / 1000)

    def recovered(self, seconds: float) -> None:
        """The state was loaded, and what came after the checkpoint folded anew."""
        self._instruments.set(store.RECOVERY_TIME, seconds)

    def _forget(self) -> None:
        """What there is now is for the next leader to tell."""
        for metric in (leader.STATE_ROWS, leader.STATE_BYTES, leader.ACCOUNTS, leader.VERDICTS):
            self._instruments.clear(metric)
        self._instruments.set(leader.CAMPAIGNS, 0)
        self._instruments.set(leader.FRAMES_WAITING, 0)
