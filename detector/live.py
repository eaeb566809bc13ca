"""The live stream: the replay's engine behind a source that does not end.

State lives in memory. What was processed is committed after its alerts are stored, so a crash repeats
alerts under the same ids and loses none, but a restart begins with empty account rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from features.adapters import make_adapter
from streaming.dead_letters import dead_letters
from streaming.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from detector.engine import Engine
    from detector.intake import Counts
    from detector.ledger import Tick
    from detector.replay import Replay
    from streaming.dead_letters import DeadLetters
    from streaming.sink import Sink
    from streaming.source import Block


class CommittingSource(Source, Protocol):
    """A source that remembers how far its reader came."""

    def commit(self, offsets: Mapping[str, int]) -> bool:
        """Remember, per origin, the position after the last processed record."""
        ...


class Clock(Protocol):
    """Where the present comes from."""

    def now(self) -> datetime:
        """The present, in UTC."""
        ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present, in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Live:
    """Reads a source until it ends, one block at a time: decode, count, score, send, commit."""

    replay: Replay
    source: CommittingSource
    sink: Sink
    letters: DeadLetters
    clock: Clock
    ahead: timedelta
    """an event that starts this long after the present is from the future"""

    def run(self, log_format: str, progress: Callable[[Counts, Engine], None]) -> Counts:
        """Process blocks until the source stops; raises `SourceError` and `SinkError`."""
        loop, engine = self.replay.start()
        reading = self.replay.reading
        adapter = make_adapter(log_format, reading.key, account_from=reading.account_from, edge=reading.edge)
        for block in self.source.blocks():
            if block.records:
                decoded = adapter.decode(block.records, self.clock.now() + self.ahead)
                self.letters.write(dead_letters(block, decoded.rejected))
                loop.counts.add(decoded)
                engine.learn(decoded.lifecycle)
                self._send(engine, loop.observe(decoded.batch))
                self._commit(block)
            else:
                self._send(engine, loop.flush(int(self.clock.now().timestamp() * 1000)))
            progress(loop.counts, engine)
        return loop.counts

    def _send(self, engine: Engine, ticks: Iterable[Tick]) -> None:
        for tick in ticks:
            for alert in engine.decide(tick):
                self.sink.send(alert.alert_id, alert.to_json())
        self.sink.flush()

    def _commit(self, block: Block) -> None:
        self.source.commit({block.origin: block.positions[-1] + 1})
