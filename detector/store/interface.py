"""The seam between what must be durable and where it is kept.

Each call is one transaction: all of it is durable when it returns, and none of it is there when it raises
`Fenced`. After `StoreUnavailable` the same call may be made again, whether or not it had taken effect.
Stores are safe to share between threads. `now` is the wall clock in ms; ticks and watermarks are event time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from detector.store.hook_records import HookStore
from detector.store.kept_records import KeptStore

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from detector.store.checkpoints import Checkpoint, CheckpointDelta, Page
    from detector.store.findings import (
        CampaignRecord,
        Findings,
        Leadership,
        StoredAlert,
        StoredVerdict,
        Stream,
    )
    from detector.store.intake import Claim, Frame, PartitionCommit, PartitionStatus, StoredLetter
    from detector.store.inventory import Inventory
    from detector.store.retention import Pruned, Retention


class IntakeStore(Protocol):
    """What a worker needs."""

    def expect(self, origins: Iterable[str], now: int) -> None:
        """Let partitions that exist, and that nobody may have claimed yet, keep ticks from closing.

        Whoever claims the first of many partitions must not close ticks for all. Those that the store knows
        stay as they are.
        """
        ...

    def claim(self, origins: Iterable[str], owner: str, now: int) -> dict[str, Claim]:
        """Own partitions from now on, whoever did before: older epochs are fenced off.

        A partition that nobody has read yet keeps ticks from closing until it has a watermark or is idle.
        """
        ...

    def seen(self, origin: str, since: int) -> Iterator[bytes]:
        """Bodies of the seen segments whose `latest` is not before `since`, in the order of their commits."""
        ...

    def commit(self, commits: Sequence[PartitionCommit], now: int) -> None:
        """Store the progress of some partitions, all or none.

        Raises `Fenced` if one has a newer owner, `StoreError` if one is idle and was not woken or has a
        frame of a closed tick.
        """
        ...

    def wake(self, origin: str, epoch: int) -> int | None:
        """End a partition's idleness, and return the last closed tick: no event may count in it any more.

        Raises `Fenced`.
        """
        ...


class LeadershipStore(Protocol):
    """What all see of the leader."""

    def leadership(self) -> Leadership:
        """Who leads and how far it came."""
        ...


class LeaderStore(LeadershipStore, Protocol):
    """What the leader needs. All that write raise `Fenced` once the lease is somebody else's."""

    def lead(self, owner: str, now: int, ttl: int) -> int | None:
        """Take or renew the lease for `ttl` ms; None while another holds it.

        An owner's name is of one process's life: two processes of one name would not be fenced off each
        other. An expired lease stays valid until another takes it.
        """
        ...

    def resign(self, lease: int) -> None:
        """Give the lease up, so that another may lead at once; nothing happens if it is lost already."""
        ...

    def depose(self, lease: int, until: int) -> None:
        """End another's lease, as `resign`; nothing happens if it was renewed since it ended at `until`."""
        ...

    def close_ticks(self, lease: int, tick_ms: int, now: int) -> int | None:
        """Close the ticks that ended before every active partition's watermark; the last closed one.

        Where all partitions are idle, those that hold frames and ended a tick ago by the wall clock. Never
        goes back.
        """
        ...

    def frames(self, after: int | None, until: int) -> Iterator[tuple[str, Frame]]:
        """Origin and frame of the ticks `after < tick <= until`, by tick, origin and order of commits."""
        ...

    def frames_waiting(self, after: int | None) -> int:
        """How many frames there are of later ticks."""
        ...

    def conclude(self, lease: int, findings: Findings, now: int) -> None:
        """Store findings; what is there already stays as it is.

        Alerts are known by id and revision; verdicts and campaigns count if later than the stored one.
        """
        ...

    def checkpoint(self, lease: int, delta: CheckpointDelta) -> None:
        """Store the state after `delta.tick`, and forget the frames up to it."""
        ...

    def load_checkpoint(self) -> Checkpoint | None:
        """The last one; None: none yet."""
        ...

    def pages(self) -> Iterator[Page]:
        """All pages of the last checkpoint, by array and number."""
        ...

    def cold(self, accounts: Iterable[str]) -> dict[str, bytes]:
        """Rows of those of `accounts` that were put away as of the last checkpoint."""
        ...


class ReadStore(LeadershipStore, Protocol):
    """What sinks, the hook and people need."""

    def alerts(self, after: int, limit: int) -> list[StoredAlert]:
        """Revisions by version, of those after `after` (0: all) the first `limit`."""
        ...

    def verdicts(self, after: int, limit: int) -> list[StoredVerdict]:
        """Latest verdicts by version, of those after `after` the first `limit`; none that was superseded."""
        ...

    def verdict_of(self, account_id: str) -> StoredVerdict | None:
        """An account's latest verdict; None: none yet."""
        ...

    def verdict_history(self, account_id: str) -> list[StoredVerdict]:
        """An account's verdicts within the retention, oldest first."""
        ...

    def campaigns(self) -> list[CampaignRecord]:
        """All campaigns as they are, by id."""
        ...

    def partitions(self) -> list[PartitionStatus]:
        """All partitions, by origin."""
        ...

    def letters(self, after: int, limit: int, reason: str | None = None) -> list[StoredLetter]:
        """Dead letters by number, of those after `after` (0: all) the first `limit`."""
        ...

    def letter_counts(self) -> dict[str, int]:
        """Dead letters that are kept, by reason, most frequent first."""
        ...

    def mark_redriven(self, numbers: Iterable[int], now: int) -> None:
        """Remember that dead letters were sent again."""
        ...

    def cursor(self, sink: str, stream: Stream) -> int:
        """The version, or a letter's number, up to which a sink has delivered; 0 at first."""
        ...

    def advance(self, sink: str, stream: Stream, version: int) -> None:
        """Move a sink's cursor on; never back."""
        ...


class Store(IntakeStore, LeaderStore, ReadStore, HookStore, KeptStore, Protocol):
    """All of it, and its upkeep."""

    def retire(self, origins: Iterable[str]) -> None:
        """Let ticks close without partitions that no longer exist, and fence their owners off."""
        ...

    def prune(self, now: int, retention: Retention) -> Pruned:
        """Remove what is older than its retention, and hand freed space back."""
        ...

    def inventory(self) -> Inventory:
        """What the store holds and how large it is."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
