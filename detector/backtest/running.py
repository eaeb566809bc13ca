"""One replay of history, and what a backtest needs of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detector.hook.policy.holding import Standing
from detector.hook.policy.trial import History
from detector.reader import LogReader
from detector.replay import Progress
from detector.stream.findings import Verdicts
from features.account.fold import FAILED
from streaming.dead_letters import DeadLetterCounts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from detector.alert import Alert
    from detector.compose import Setup
    from detector.ledger import Tick
    from detector.replay import Replay
    from detector.store.findings import VerdictRecord
    from streaming.source import Block, SourceError


@dataclass(frozen=True, slots=True)
class Answered:
    """Answered requests by tick and account: each array has an entry for every pair."""

    ends: NDArray[np.int64]
    """end of the tick, ms"""
    accounts: NDArray[np.int64]
    counts: NDArray[np.int64]

    def between(self, since: NDArray[np.int64], until: NDArray[np.int64]) -> NDArray[np.int64]:
        """Of each account those of ticks that end in (since, until]; all have shape (accounts,)."""
        inside = (self.ends > since[self.accounts]) & (self.ends <= until[self.accounts])
        summed = np.bincount(self.accounts[inside], self.counts[inside], minlength=len(since))
        return summed.astype(np.int64)


@dataclass(frozen=True, slots=True)
class Run:
    """What was found."""

    names: tuple[str, ...]
    """accounts by row; the rows of two runs over the same log are the same accounts"""
    alerted_at: NDArray[np.int64]
    """end of the tick from which an alert covered the account, its own or its campaign's, ms; 0: never"""
    requests: NDArray[np.int64]
    alerts: Counter[str]
    """by kind: alerts that were raised, which somebody has to look at"""
    raised: tuple[int, ...]
    """when each was, ms"""
    answered: Answered
    histories: tuple[History, ...]
    """of accounts that were ever remarkable"""
    begin: int
    end: int
    """first and last event time, by ticks, ms"""
    events: int
    errors: Sequence[SourceError]


def run(logs: Sequence[str], setup: Setup, progress: Callable[[Progress], None]) -> Run:
    """Replay `logs` under the model and thresholds of `setup`.

    Raises `FormatError` where a file is of no known format, and `SourceError` where one is missing.
    """
    return _Running(setup.replay, progress).run(logs)


class _Running:
    """The same loop as a replay's, looking at every tick."""

    def __init__(self, replay: Replay, progress: Callable[[Progress], None]) -> None:
        self._replay = replay
        self._progress = progress
        self._loop, self._engine = replay.start()
        self._verdicts = Verdicts()
        self._told: dict[str, list[VerdictRecord]] = {}
        self._alerts: Counter[str] = Counter()
        self._raised: list[int] = []
        self._answered: list[tuple[int, NDArray[np.int64], NDArray[np.int64]]] = []
        self._read = 0

    def run(self, logs: Sequence[str]) -> Run:
        """All of it."""
        loop, engine = self._loop, self._engine
        reader = LogReader(logs, self._replay.reading, loop.counts, DeadLetterCounts(), self._report)
        learnt = 0
        for batch in reader.batches():
            engine.learn(reader.lifecycle[learnt:])
            learnt = len(reader.lifecycle)
            self._take(loop.observe(batch))
        engine.learn(reader.lifecycle[learnt:])
        self._take(loop.finish())
        return self._found(reader.errors)

    def _take(self, ticks: Iterable[Tick]) -> None:
        for tick in ticks:
            alerts = self._engine.decide(tick)
            self._count(alerts, tick.end)
            for verdict in self._verdicts.changes(self._engine, tick.end):
                self._told.setdefault(verdict.account_id, []).append(verdict)
            answered = tick.rows[(tick.rows["status"] < FAILED) & (tick.rows["denied"] != 1)]
            accounts, counts = np.unique(answered["account"], return_counts=True)
            self._answered.append((tick.end, accounts.astype(np.int64), counts.astype(np.int64)))

    def _count(self, alerts: Iterable[Alert], end: int) -> None:
        for alert in alerts:
            if alert.revision == 1 and alert.status == "open" and alert.label == "distillation":
                self._alerts[alert.kind] += 1
                self._raised.append(end)

    def _report(self, block: Block) -> None:
        self._read += block.bytes_read
        loop = self._loop
        self._progress(
            Progress(self._read, loop.counts.read, len(loop.ledger.accounts), self._alerts.total())
        )

    def _found(self, errors: Sequence[SourceError]) -> Run:
        engine, ledger = self._engine, self._loop.ledger
        ledger.bring_all_back()
        names = tuple(ledger.accounts.names)
        totals = ledger.accounts.rows["total"][: len(names)].astype(np.int64)
        ends = [end for end, _, _ in self._answered]
        return Run(
            names, _earlier(engine.verdicts["first_alert"], engine.campaigns.covered_at), totals,
            self._alerts, tuple(self._raised), _joined(self._answered), tuple(self._histories(totals)),
            min(ends, default=0) - (self._replay.admission.tick if ends else 0), max(ends, default=0),
            self._loop.counts.accepted, errors,
        )  # fmt: skip

    def _histories(self, totals: NDArray[np.int64]) -> Iterable[History]:
        rows = self._loop.ledger.accounts.names.locate(list(self._told))
        for row, (account, verdicts) in zip(rows, self._told.items(), strict=True):
            told = [
                Standing(one.label, one.score, one.status == "open", one.campaign_id is not None)
                for one in verdicts
            ]
            yield History(account, told, int(totals[row]))


def _earlier(own: NDArray[np.int64], covered: NDArray[np.int64]) -> NDArray[np.int64]:
    """The earlier of two times, where 0 is never; accounts that came last may be covered by nothing."""
    campaign = np.zeros(len(own), dtype=np.int64)
    campaign[: len(covered)] = covered
    either: NDArray[np.int64] = np.minimum(own, campaign)
    return np.where(either == 0, np.maximum(own, campaign), either)


def _joined(parts: Sequence[tuple[int, NDArray[np.int64], NDArray[np.int64]]]) -> Answered:
    nothing = np.zeros(0, dtype=np.int64)
    ends = [np.full(len(accounts), end, dtype=np.int64) for end, accounts, _ in parts]
    return Answered(
        np.concatenate([nothing, *ends]),
        np.concatenate([nothing, *(accounts for _, accounts, _ in parts)]),
        np.concatenate([nothing, *(counts for _, _, counts in parts)]),
    )
