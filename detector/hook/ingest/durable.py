"""Where events become durable: the embedded queue, or Kafka."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from streaming.group_commit import GroupCommit
from streaming.sink import SinkError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future

    from streaming.sink import Sink

_MIB: Final = 1024 * 1024
_PENDING: Final = 64 * _MIB
_TOGETHER: Final = 4 * _MIB


class Durable(Protocol):
    """Takes records by key; one key keeps its order. `streaming.queue.writer.QueueWriter` is one."""

    @property
    def largest(self) -> int | None:
        """Bytes of a record and its key that it takes; None: any."""
        ...

    def append(self, keyed: Sequence[tuple[str, bytes]]) -> Future[None]:
        """Done once all are durable, or failed with `SinkError`; raises `Full` where there is no room."""
        ...

    def close(self) -> None:
        """Finish what was taken."""
        ...


class DurableSink:
    """Sends to a `Sink`, such as a topic of Kafka, and flushes for all who wait."""

    def __init__(self, sink: Sink, largest: int | None = None) -> None:
        """From now on `sink` belongs to a thread of ours; `largest` is of a record and its key."""
        self.largest = largest
        self._sink = sink
        self._commit: GroupCommit[Sequence[tuple[str, bytes]]] = GroupCommit(
            "stillwatch-sink", self._store, lambda: None, pending=_PENDING, together=_TOGETHER
        )

    def append(self, keyed: Sequence[tuple[str, bytes]]) -> Future[None]:
        """As `Durable.append`."""
        return self._commit.submit(keyed, sum(len(record) for _, record in keyed))

    def close(self) -> None:
        """As `Durable.close`."""
        self._commit.close()

    def _store(self, taken: Sequence[Sequence[tuple[str, bytes]]]) -> None:
        problem: SinkError | None = None
        try:
            for keyed in taken:
                for key, record in keyed:
                    self._sink.send(key, msgspec.Raw(record))
        except SinkError as error:
            problem = error
        # Nothing stays behind to be taken for another request's.
        self._sink.flush()
        if problem is not None:
            raise problem
