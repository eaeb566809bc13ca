"""A stream on a stage: a log in memory, a clock that is told, processes that die between two steps."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from detector.frames import frame_version
from detector.stream.leader import Leader, LeaderSettings
from detector.stream.partition import Decoding
from detector.stream.scoring import Scoring
from detector.stream.worker import Worker, WorkerSettings
from detector.telemetry.logs import open_logs
from detector.telemetry.telemetry import make_telemetry
from features.batch import Decoded, Lifecycle, Rejected
from features.text.edge import EdgeVersion
from features.times import LATEST
from streaming.admission import AdmissionSettings
from streaming.dead_letter_limit import DeadLetterLimit
from streaming.handover import Handover
from streaming.partitions import Polled
from streaming.source import Block
from tests.detector.streamed import KERNEL, POLICY, TICK, batch_of, told_model
from tests.features.account.streams import DAY, Stream

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from detector.cold import ColdRows
    from detector.store.interface import Store
    from features.contract import UsageEvent

PARTITIONS = 3
VERSION = frame_version(EdgeVersion(1, "weights", "key"))
ADMISSION = AdmissionSettings(tick=TICK, lateness=10_000 * DAY, remember=10_000 * DAY)
LONG_AFTER = 4_000_000_000_000
"""ms; when every tick is over"""


@dataclass
class ToldClock:
    """Time goes on when it is told to."""

    wall: int = LONG_AFTER
    seconds: float = 0.0

    def now(self) -> int:
        """The told time."""
        return self.wall

    def monotonic(self) -> float:
        """The told seconds."""
        return self.seconds

    def sleep(self, seconds: float) -> None:
        """Time goes on."""
        self.seconds += seconds


@dataclass(frozen=True)
class Numbered:
    """An adapter whose records are places in a stream; one that says `poison` is none."""

    stream: Stream
    name: str = "numbered"

    def decode(self, records: Sequence[bytes], latest: datetime = LATEST) -> Decoded:  # noqa: ARG002 - its seam
        """The events at these places."""
        good = [int(record) for record in records if record != b"poison"]
        bad = [
            Rejected(at, "not_json", "not JSON; send one object a record")
            for at, record in enumerate(records)
            if record == b"poison"
        ]
        return Decoded(batch_of(self.stream.take(good)), [], bad, len(records))

    def read(self, record: bytes) -> UsageEvent | Lifecycle:
        """Nobody asks for one event."""
        raise NotImplementedError(record)


@dataclass
class Log:
    """Records by partition; accounts keep to theirs."""

    records: dict[str, list[bytes]]

    @classmethod
    def of(cls, stream: Stream, poison: Sequence[int] = ()) -> Log:
        """The stream's events, and a poisoned record before each place of `poison`."""
        records: dict[str, list[bytes]] = {f"usage/{at}": [] for at in range(PARTITIONS)}
        for at, event in enumerate(stream.events):
            origin = f"usage/{event['account'] % PARTITIONS}"
            records[origin] += [b"poison"] * poison.count(at) + [str(at).encode()]
        return cls(records)


@dataclass
class LogFeed:
    """One worker's share of a log, a few records at a time."""

    log: Log
    positions: dict[str, int | None] = field(default_factory=dict)
    changes: Handover = field(default_factory=Handover)
    most: int = 4

    def take(self, timeout: float) -> Polled:  # noqa: ARG002 - there is nothing to wait for
        """Changes first; then the next records of every partition that was sought."""
        blocks = self._blocks()
        return Polled(*self.changes.tell(), blocks)

    def seek(self, origin: str, position: int | None) -> None:
        """Go on there."""
        self.positions[origin] = position or 0

    def commit(self, offsets: Mapping[str, int]) -> None:
        """Nobody watches."""

    def origins(self) -> set[str]:
        """All partitions of the log."""
        return set(self.log.records)

    def ends(self) -> dict[str, int]:
        """Partitions that were read to their end."""
        return {
            origin: position
            for origin, position in self.positions.items()
            if position is not None and position >= len(self.log.records[origin])
        }

    def own(self, origins: set[str]) -> None:
        """A rebalance: these are ours from now on, and no others."""
        self.changes.revoke(set(self.positions) - origins)
        self.changes.assign(origins - set(self.positions))
        self.positions = {origin: self.positions.get(origin) for origin in origins}

    def _blocks(self) -> list[Block]:
        blocks = []
        for origin, position in self.positions.items():
            if position is None or origin in self.changes:
                continue
            found = self.log.records[origin][position : position + self.most]
            if found:
                at = list(range(position, position + len(found)))
                blocks.append(Block(found, origin, at))
                self.positions[origin] = position + len(found)
        return blocks


class Stage:
    """Workers and leaders over one store and one log."""

    def __init__(self, store: Store, stream: Stream, poison: Sequence[int] = ()) -> None:
        self.store = store
        self.clock = ToldClock()
        self.log = Log.of(stream, poison)
        self._decoding = Decoding(Numbered(stream), KERNEL, ADMISSION, VERSION, 0)
        self._lives = 0

    def worker(self, commit_records: int = 1) -> tuple[Worker, LogFeed]:
        """A new worker, with nothing yet."""
        feed = LogFeed(self.log)
        settings = WorkerSettings(commit_records, commit_seconds=1e9, idle_seconds=60.0)
        with open_logs(io.StringIO()) as log:
            made = Worker(
                self.store, feed, self._decoding, self._owner(), self.clock, settings,
                DeadLetterLimit(1.0), make_telemetry().intake, log,
            )  # fmt: skip
        return made, feed

    def leader(self, **said: Any) -> Leader:
        """A new process that wants to lead."""
        settings = LeaderSettings(TICK, VERSION, **said)
        with open_logs(io.StringIO()) as log:
            return Leader(
                self.store, _begun, self._owner(), self.clock, settings, make_telemetry().leader, log
            )

    @property
    def read(self) -> int:
        """Records that were read, as the store counts them."""
        return sum(partition.counts.read for partition in self.store.partitions())

    def _owner(self) -> str:
        self._lives += 1
        return f"process {self._lives}"


def _begun(cold: ColdRows) -> Scoring:
    return Scoring(KERNEL.key, told_model(), POLICY, cold)
