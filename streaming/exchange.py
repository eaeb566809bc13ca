"""What the thread that reads and the thread that processes hand each other."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from streaming.handover import Handover
from streaming.partitions import Polled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from streaming.source import Block


@dataclass(frozen=True, slots=True)
class Requests:
    """What the owner of a client is asked to do."""

    seeks: dict[str, int | None] = field(default_factory=dict)
    offsets: dict[str, int] = field(default_factory=dict)

    def without(self, origins: Iterable[str]) -> Requests:
        """All but those for `origins`."""
        gone = frozenset(origins)
        return Requests(
            {origin: at for origin, at in self.seeks.items() if origin not in gone},
            {origin: at for origin, at in self.offsets.items() if origin not in gone},
        )


class Exchange:
    """Polls one way, requests the other; both sides may block on nothing but its lock.

    The processing side never sees records of a partition that is known to be lost, nor those that were read
    before a seek it asked for; and what it asks for a partition counts only if it knew of the latest
    assignment when it asked.
    """

    def __init__(self, records: int, size: int, revoked: Iterable[str] = ()) -> None:
        """Full with `records` or with `size` bytes; begin by telling that `revoked` are lost."""
        self._limits = records, size
        self._changed = threading.Condition()
        self._changes = Handover(revoked)
        self._polls: deque[list[Block]] = deque()
        self._told: set[str] = set()
        self._requests = Requests()
        self._records = 0
        self._bytes = 0

    @property
    def told(self) -> frozenset[str]:
        """Origins that the processing side believes to be ours."""
        return frozenset(self._told)

    @property
    def records(self) -> int:
        """How many wait to be taken."""
        return self._records

    @property
    def load(self) -> float:
        """How full the queue is: 1 and more is full."""
        return max(self._records / self._limits[0], self._bytes / self._limits[1])

    def await_room(self, timeout: float) -> bool:
        """For the reading side: wait until there is room, or a request; False after `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self.load < 1 or bool(self._requests.seeks), timeout)

    def put(self, polled: Polled) -> None:
        """For the reading side: hand over what a poll brought."""
        if not polled:
            return
        with self._changed:
            if polled.revoked:
                self._requests = self._requests.without(polled.revoked)
                self._drop(polled.revoked)
            self._changes.revoke(polled.revoked)
            self._changes.assign(polled.assigned)
            # A seek that waits was asked for after the poll began.
            if blocks := [block for block in polled.blocks if block.origin not in self._requests.seeks]:
                self._polls.append(blocks)
                self._count(blocks, 1)
            self._changed.notify_all()

    def requests(self) -> Requests:
        """For the reading side: what was asked since the last call."""
        with self._changed:
            asked, self._requests = self._requests, Requests()
            return asked

    def take(self, timeout: float) -> Polled:
        """For the processing side: changes and the blocks of one poll; waits at most `timeout` seconds."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while not (self._changes or self._polls):
                left = deadline - time.monotonic()
                if left <= 0:
                    return Polled()
                self._changed.wait(left)
            revoked, assigned = self._changes.tell()
            self._told = (self._told - revoked) | assigned
            blocks = self._polls.popleft() if self._polls else []
            self._count(blocks, -1)
            self._changed.notify_all()
            return Polled(revoked, assigned, blocks)

    def waiting(self) -> set[str]:
        """Origins of records that were not taken yet."""
        with self._changed:
            return {block.origin for blocks in self._polls for block in blocks}

    def ask_seek(self, origin: str, position: int | None) -> None:
        """For the processing side: see `PartitionedSource.seek`."""
        with self._changed:
            if origin in self._told and origin not in self._changes:
                self._drop([origin])
                self._requests.seeks[origin] = position
                self._changed.notify_all()

    def ask_commit(self, offsets: Mapping[str, int]) -> None:
        """For the processing side: see `PartitionedSource.commit`."""
        with self._changed:
            self._requests.offsets.update(
                {o: at for o, at in offsets.items() if o in self._told and o not in self._changes}
            )

    def _drop(self, origins: Iterable[str]) -> None:
        gone = frozenset(origins)
        kept = [[block for block in blocks if block.origin not in gone] for blocks in self._polls]
        self._polls = deque(blocks for blocks in kept if blocks)
        self._records = self._bytes = 0
        for blocks in self._polls:
            self._count(blocks, 1)

    def _count(self, blocks: Iterable[Block], sign: int) -> None:
        for block in blocks:
            self._records += sign * len(block.records)
            self._bytes += sign * block.bytes_read
