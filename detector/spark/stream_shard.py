"""A shard of accounts in an executor: a batch of its records in, what they came to out, in one call.

State is kept by shard and not by account, in Spark's state store: how far the shard has read, what its
watermark rests on, and the ids that it has seen, by the hour in which their events became available.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd
from pyspark.sql.streaming.stateful_processor import StatefulProcessor

from detector.spark.stream_taken import pack, taken_of
from detector.store.intake import Claim, IntakeCounts
from detector.stream.partition import Decoding, Partition
from features.adapters import make_adapter
from streaming.seen import SEEN
from streaming.source import Block

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray
    from pyspark.sql.streaming.stateful_processor import (
        MapState,
        StatefulProcessorHandle,
        TimerValues,
        ValueState,
    )

    from detector.reader import ReadSettings
    from detector.store.intake import PartitionCommit
    from features.text.kernel import TextKernel
    from streaming.admission import AdmissionSettings

HOUR: Final = 3_600_000
"""ms; ids are kept and forgotten by it"""
SEEDS: Final = "origin STRING, position LONG, witnesses BINARY, hour LONG, ids BINARY"
"""What a partition's shards begin with, a row for each hour of ids, or one of hour 0 without any."""
BLOCK_RECORDS: Final = 8192
"""decoded at a time"""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How records become frames, in a form that can be sent to executors."""

    log_format: str
    reading: ReadSettings
    kernel: Callable[[], TextKernel]
    """makes it in an executor"""
    admission: AdmissionSettings
    version: str
    """as `Decoding.version`"""
    ahead: int
    keep_payload: bool

    def decoding(self) -> Decoding:
        """With an adapter and a kernel of this process."""
        reading = self.reading
        adapter = make_adapter(
            self.log_format, reading.key, account_from=reading.account_from, edge=reading.edge
        )
        return Decoding(adapter, self.kernel(), self.admission, self.version, self.ahead, self.keep_payload)


@dataclass(slots=True)
class _Place:
    """What Spark knows of a shard."""

    position: int | None
    witnesses: bytes
    seen: dict[int, bytes] = field(default_factory=dict)
    """by hour"""


class _Records(NamedTuple):
    """Of one batch."""

    bodies: list[bytes]
    offsets: list[int]
    now: int
    """of the batch, which is the same when it is worked through again; ms"""


class ShardIntake(StatefulProcessor):
    """Keys are an origin (`topic/partition`) and a number; rows have `offset`, `value` and `now` (ms)."""

    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe
        self._decoding: Decoding | None = None

    def init(self, handle: StatefulProcessorHandle) -> None:
        """Name the state. The driver calls this too, where the files of a job are not."""
        self._place: ValueState = handle.getValueState("place", "position LONG, witnesses BINARY")
        self._seen: MapState = handle.getMapState("seen", "hour LONG", "ids BINARY")

    def handleInputRows(  # noqa: N802 - these names are Spark's
        self,
        key: Any,
        rows: Iterator[Any],
        timerValues: TimerValues,  # noqa: ARG002, N803
    ) -> Iterator[Any]:
        """One row of `stream_taken.SCHEMA`, or none where there are only empty records."""
        origin, shard = str(key[0]), int(key[1])
        records = _records(rows)
        if not records.bodies:
            return
        place = self._known()
        commit = self._taken(origin, place, records)
        self._keep(place, commit)
        taken = pack(taken_of(commit, place.position, records.offsets[0]))
        yield pd.DataFrame({"origin": [origin], "shard": [shard], "taken": [taken]})

    def handleInitialState(  # noqa: N802 - as above
        self,
        key: Any,  # noqa: ARG002
        initialState: Any,  # noqa: N803
        timerValues: TimerValues,  # noqa: ARG002, N803
    ) -> None:
        """Begin where the store is, which rows of `SEEDS` say: where nobody has a checkpoint of Spark's."""
        first = initialState.iloc[0]
        self._place.update((int(first["position"]), bytes(first["witnesses"])))
        for hour, ids in zip(initialState["hour"].tolist(), initialState["ids"].tolist(), strict=True):
            self._seen.updateValue((hour,), (ids,))

    def close(self) -> None:
        """Nothing is held."""

    def _known(self) -> _Place:
        stored = self._place.get() if self._place.exists() else None
        if stored is None:
            return _Place(None, b"")
        seen = {int(hour[0]): bytes(ids[0]) for hour, ids in self._seen.iterator()}
        return _Place(int(stored[0]), bytes(stored[1]), seen)

    def _taken(self, origin: str, place: _Place, records: _Records) -> PartitionCommit:
        decoding = self._decoding = self._decoding or self._recipe.decoding()
        claim = Claim(origin, 0, place.position, place.witnesses, IntakeCounts(), idle=False, closed=None)
        since = decoding.seen_since(claim)
        recalled = [ids for hour, ids in sorted(place.seen.items()) if (hour + 1) * HOUR > since]
        partition = Partition(claim, [b"".join(recalled)], decoding)
        for at in range(0, len(records.bodies), BLOCK_RECORDS):
            some = slice(at, at + BLOCK_RECORDS)
            partition.take(Block(records.bodies[some], origin, records.offsets[some]), records.now)
        return partition.commit()

    def _keep(self, place: _Place, commit: PartitionCommit) -> None:
        """Write what changed, and drop the hours whose ids no event can meet any more."""
        self._place.update((commit.position, commit.state))
        remember = self._recipe.admission.remember
        oldest = (max(commit.watermark or remember, remember) - remember) // HOUR
        for hour in place.seen:
            if hour < oldest:
                self._seen.removeKey((hour,))
        fresh = {} if commit.seen is None else by_hour(np.frombuffer(commit.seen.body, SEEN))
        for hour, ids in fresh.items():
            if hour >= oldest:
                self._seen.updateValue((hour,), (place.seen.get(hour, b"") + ids,))


def by_hour(seen: NDArray[np.void]) -> dict[int, bytes]:
    """Ids (`SEEN`) by the hour in which their events became available, in their order."""
    hours = seen["available"] // HOUR
    order = np.argsort(hours, kind="stable")
    found, starts = np.unique(hours[order], return_index=True)
    parts = np.split(seen[order], starts[1:])
    return {hour: part.tobytes() for hour, part in zip(found.tolist(), parts, strict=False)}


def _records(rows: Iterator[Any]) -> _Records:
    """All records of the shard by offset, which a shuffle may have mixed; blank ones are left out."""
    values: list[bytes] = []
    offsets: list[int] = []
    now = 0
    for piece in rows:
        values += piece["value"].tolist()
        offsets += piece["offset"].tolist()
        now = int(piece["now"].iloc[0])
    pairs = zip(offsets, values, strict=True)
    kept = [(offset, value) for offset, value in pairs if value and not value.isspace()]
    if any(one[0] >= other[0] for one, other in pairwise(kept)):
        kept.sort()
    return _Records([value for _, value in kept], [offset for offset, _ in kept], now)
