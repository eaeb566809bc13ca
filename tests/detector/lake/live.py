"""Leaders that write a lake, over one store and one log, any of whom may end at any moment."""

from __future__ import annotations

import io
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from detector.stream.leader import Leader, LeaderSettings
from detector.stream.scoring import Scoring
from detector.telemetry.logs import open_logs
from detector.telemetry.telemetry import make_telemetry
from tests.detector.lake.recorded import writer_in
from tests.detector.stream.staged import PARTITIONS, VERSION, Stage
from tests.detector.streamed import KERNEL, POLICY, TICK, told_model

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from detector.cold import ColdRows
    from detector.store.interface import Store
    from tests.features.account.streams import Stream

PAUSE = 60
"""seconds; longer than a lease"""


@dataclass(frozen=True)
class Live:
    """A stage whose leaders write a lake."""

    stage: Stage
    folder: Path
    lives: Iterator[int]

    @classmethod
    def of(cls, store: Store, stream: Stream, folder: Path) -> Live:
        """Nothing was read yet."""
        return cls(Stage(store, stream), folder, count())

    def leader(self) -> Leader:
        """A new process that wants to lead."""

        def start(cold: ColdRows) -> Scoring:
            return Scoring(KERNEL.key, told_model(), POLICY, cold, lake=writer_in(self.folder, events=True))

        with open_logs(io.StringIO()) as log:
            return Leader(
                self.stage.store, start, f"leader {next(self.lives)}", self.stage.clock,
                LeaderSettings(TICK, VERSION), make_telemetry().leader, log,
            )  # fmt: skip

    def pause(self) -> None:
        """Until the lease of whoever leads is over."""
        self.stage.clock.wall += PAUSE * 1000
        self.stage.clock.seconds += PAUSE

    def run(self, fates: Iterator[str]) -> None:
        """Read the whole log, a few records a step; what becomes of the leader after each says `fates`."""
        worker, feed = self.stage.worker()
        feed.own({f"usage/{part}" for part in range(PARTITIONS)})
        leader = self.leader()
        while self.stage.read < sum(map(len, self.stage.log.records.values())):
            worker.step(0)
            leader = self._live_on(leader, next(fates))
        for _ in range(2):
            worker.commit()
            leader = self._live_on(leader, "")

    def _live_on(self, leader: Leader, fate: str) -> Leader:
        leader.step()
        if fate in {"checkpoint", "hand over"}:
            leader.checkpoint()
        if fate in {"kill", "hand over"}:
            leader = self.leader()
        self.pause()
        return leader
