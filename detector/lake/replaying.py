"""A replay that writes a lake as it goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from detector.engine import Engine, Model
from detector.lake.recorder import Recorder
from detector.replay import Replay
from detector.ticks import TickLoop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from detector.alert import Alert
    from detector.lake.writer import LakeWriter
    from detector.ledger import Tick
    from detector.replay import Outcome, Progress
    from features.batch import EventBatch
    from features.text.kernel import TextKernel
    from streaming.admission import AdmissionSettings
    from streaming.dead_letters import DeadLetters


class RecordedLoop(TickLoop):
    """Has each tick recorded before anybody else sees it."""

    def __init__(self, kernel: TextKernel, settings: AdmissionSettings, writer: LakeWriter) -> None:
        super().__init__(kernel, settings)
        self.recorder = Recorder(self.ledger, writer)

    def observe(self, batch: EventBatch) -> Iterator[Tick]:
        """As `TickLoop.observe`."""
        return self._recorded(super().observe(batch))

    def finish(self) -> Iterator[Tick]:
        """As `TickLoop.finish`."""
        return self._recorded(super().finish())

    def _recorded(self, ticks: Iterator[Tick]) -> Iterator[Tick]:
        for tick in ticks:
            self.recorder.observe(tick)
            yield tick


@dataclass(frozen=True, slots=True)
class RecordedReplay(Replay):
    """As `Replay`, and at the end of the log the lake has a last row of every account."""

    writer: LakeWriter

    @classmethod
    def of(cls, replay: Replay, writer: LakeWriter) -> RecordedReplay:
        """The same replay, written by `writer`."""
        parts = (replay.artefact, replay.policy, replay.kernel, replay.reading, replay.admission)
        return cls(*parts, writer)

    def start(self) -> tuple[RecordedLoop, Engine]:
        """As `Replay.start`."""
        loop = RecordedLoop(self.kernel, self.admission, self.writer)
        return loop, Engine(loop.ledger, Model.of(self.artefact), self.policy)

    def run(
        self,
        paths: Sequence[str],
        letters: DeadLetters,
        emit: Callable[[Iterable[Alert]], None],
        progress: Callable[[Progress], None],
    ) -> Outcome:
        """As `Replay.run`; raises what the writer's `failed` does, too."""
        outcome = Replay.run(self, paths, letters, emit, progress)
        if outcome.end and isinstance(outcome.loop, RecordedLoop):
            outcome.loop.recorder.finish(outcome.end)
        return outcome
