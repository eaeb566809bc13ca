"""A shard of accounts in an executor: a batch of its records in, what they came to out, in one call.

State is kept by shard and not by account, in Spark's state store: how far the shard has read, what its
watermark rests on, and the ids that it has seen. These a batch looks up in a file beside it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd
from pyspark.sql.streaming.stateful_processor import StatefulProcessor

from detector.spark.archives import forget_archives
from detector.spark.seen_file import mark_after, seen_table
from detector.spark.stream_seen import HOUR, KEY, VALUE, SeenState, by_hour, pack_held, unpack_held
from detector.spark.stream_taken import pack, taken_of
from detector.store.intake import Claim, IntakeCounts
from detector.stream.partition import Decoding, Partition
from features.adapters import make_adapter
from streaming.seen import SEEN
from streaming.source import Block

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pyspark.sql.streaming.stateful_processor import (
        MapState,
        StatefulProcessorHandle,
        TimerValues,
        ValueState,
    )

    from detector.reader import ReadSettings
    from detector.spark.seen_file import SeenTable
    from detector.store.intake import PartitionCommit
    from features.text.kernel import TextKernel
    from streaming.admission import AdmissionSettings

SEEDS: Final = "origin STRING, position LONG, witnesses BINARY, hour LONG, ids BINARY"
"""What a partition's shards begin with, a row for each hour of ids, or one of hour 0 without any."""
PLACE: Final = "position LONG, witnesses BINARY, held BINARY, mark BINARY"
"""A shard's place: the ids that it has by hour are `stream_seen.pack_held`, the mark is of `seen_file`."""
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


def executor_folders() -> list[str]:
    """Of this executor, for what goes when it does; one for each of its disks."""
    return os.environ.get("SPARK_LOCAL_DIRS", gettempdir()).split(",")


class _Place(NamedTuple):
    """What Spark knows of a shard, as `PLACE`."""

    position: int | None
    witnesses: bytes
    held: bytes
    mark: bytes


class _Records(NamedTuple):
    """Of one batch."""

    bodies: list[bytes]
    offsets: list[int]
    now: int
    """of the batch, which is the same when it is worked through again; ms"""


class ShardIntake(StatefulProcessor):
    """Keys are an origin (`topic/partition`) and a number; rows have `offset`, `value` and `now` (ms)."""

    def __init__(self, recipe: Recipe, scratch: Callable[[], Sequence[str]] = executor_folders) -> None:
        self._recipe = recipe
        self._scratch = scratch
        self._decoding: Decoding | None = None

    def init(self, handle: StatefulProcessorHandle) -> None:
        """Name the state. The driver calls this too, where the files of a job are not."""
        self._place: ValueState = handle.getValueState("place", PLACE)
        self._pieces: MapState = handle.getMapState("seen", KEY, VALUE)

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
        place = _Place(*(self._place.get() or _NOWHERE))
        with seen_table(self._file(origin, shard), place.mark) as table:
            commit = self._taken(origin, place, records, table)
            table.keep(self._kept(place, commit))
        taken = pack(taken_of(commit, place.position, records.offsets[0]))
        yield pd.DataFrame({"origin": [origin], "shard": [shard], "taken": [taken]})

    def handleInitialState(  # noqa: N802 - as above
        self,
        key: Any,  # noqa: ARG002
        initialState: Any,  # noqa: N803
        timerValues: TimerValues,  # noqa: ARG002, N803
    ) -> None:
        """Begin where the store is, which rows of `SEEDS` say: where nobody has a checkpoint of Spark's."""
        first, hours = initialState.iloc[0], initialState["hour"].tolist()
        seen, parts = SeenState(self._pieces, {}), initialState["ids"].tolist()
        seen.add(dict(zip(hours, parts, strict=True)))
        mark = mark_after(b"", *parts)
        self._place.update((int(first["position"]), bytes(first["witnesses"]), pack_held(seen.held), mark))

    def close(self) -> None:
        """Leave the worker to the next batch."""
        forget_archives()

    def _taken(self, origin: str, place: _Place, records: _Records, table: SeenTable) -> PartitionCommit:
        decoding = self._decoding = self._decoding or self._recipe.decoding()
        claim = Claim(origin, 0, place.position, place.witnesses, IntakeCounts(), idle=False, closed=None)
        recalled = b"" if table.known else self._seen(place).since(decoding.seen_since(claim))
        partition = Partition(claim, [recalled], decoding, table.ids)
        for at in range(0, len(records.bodies), BLOCK_RECORDS):
            some = slice(at, at + BLOCK_RECORDS)
            partition.take(Block(records.bodies[some], origin, records.offsets[some]), records.now)
        return partition.commit()

    def _kept(self, place: _Place, commit: PartitionCommit) -> bytes:
        """Write what changed, and drop hours whose ids no event can meet any more; the mark of that state."""
        remember = self._recipe.admission.remember
        oldest = (max(commit.watermark or remember, remember) - remember) // HOUR
        ids = b"" if commit.seen is None else commit.seen.body
        seen = self._seen(place)
        fresh = by_hour(np.frombuffer(ids, SEEN))
        seen.add({hour: part for hour, part in fresh.items() if hour >= oldest})
        seen.drop_before(oldest)
        mark = mark_after(place.mark, str(commit.position).encode(), commit.state, ids)
        self._place.update((commit.position, commit.state, pack_held(seen.held), mark))
        return mark

    def _seen(self, place: _Place) -> SeenState:
        return SeenState(self._pieces, unpack_held(place.held))

    def _file(self, origin: str, shard: int) -> Path:
        name = blake2b(f"{origin}/{shard}".encode(), digest_size=16)
        folders = self._scratch()
        return Path(folders[name.digest()[0] % len(folders)], f"stillwatch-seen-{name.hexdigest()}")


_NOWHERE: Final = _Place(None, b"", b"", b"")


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
