"""Everything that can go wrong, at random, for long; and then whether anything was lost or doubled.

    SOAK_MINUTES=30 SOAK_SEED=1 python -m tests.soak.run

Half of the time on SQLite, half on PostgreSQL. Ends with code 1 if the findings differ from those of one
undisturbed process that reads the same topic, or if memory or the store grew.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Final

from detector.store.errors import StoreUnavailable
from detector.store.opening import upgrade
from detector.store.retention import Retention
from tests.detector.stream.delivered import assert_delivered
from tests.detector.stream.trouble import Havoc, troubled
from tests.detector.stream.unruly import closing
from tests.soak.gauges import Gauges
from tests.soak.traffic import cycles
from tests.support.broker import running_broker
from tests.support.live import Stream, Topics, publish
from tests.support.postgres import running_postgres

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.detector.stream.trouble import StoreTrouble
    from tests.detector.stream.unruly import Record
    from tests.support.broker import Broker
    from tests.support.postgres import Postgres

PARTITIONS: Final = 8
PROCESSES: Final = 3
KILLS_A_MINUTE: Final = 50 / 30
OTHERS: Final = ("outage", "slow", "broker", "crash", "freeze", "storm")
OTHERS_A_MINUTE: Final = 2.0
RECORDS_A_SECOND: Final = 150
STEP_SECONDS: Final = 2.0
PRUNE_SECONDS: Final = 30.0
TAKEOVER: Final = 6.0
PATIENT: Final = ("--idle", "60", "--checkpoint", "5", "--takeover", str(TAKEOVER))
PATIENCE: Final = 900.0


@dataclass
class Sent:
    """What was published."""

    records: Iterator[tuple[Record, int]]
    """with the last tick of the log that each is of"""
    read: int = 0
    last_tick: int = 0

    def more(self, count: int) -> list[Record]:
        """The next records."""
        taken = [next(self.records) for _ in range(count)]
        self.last_tick = taken[-1][1]
        return self.count([record for record, _ in taken])

    def count(self, records: list[Record]) -> list[Record]:
        """Note what will be read of `records`."""
        self.read += sum(bool(record.value and record.value.strip()) for record in records)
        return records


@dataclass
class Soak:
    """One store's half."""

    stream: Stream
    trouble: StoreTrouble
    chance: Random
    minutes: float
    gauges: Gauges = field(default_factory=Gauges)
    happened: Counter[str] = field(default_factory=Counter)

    def run(self, sent: Sent) -> None:
        """Publish and disturb until the time is over, then let everything be read."""
        began = pruned = time.monotonic()
        due = self._due()
        while (now := time.monotonic() - began) < 60 * self.minutes:
            while len(self.stream.running) < PROCESSES:
                self.stream.start()
            self._publish(sent.more(round(RECORDS_A_SECOND * STEP_SECONDS)))
            if due and due[0][0] <= now and self.stream.working:
                self._happen(due.pop(0)[1])
            self.stream.supervise()
            self.gauges.sample(self.stream)
            if time.monotonic() - pruned >= PRUNE_SECONDS:
                self._prune()
                pruned = time.monotonic()
            time.sleep(STEP_SECONDS)
        self._publish(sent.count(closing(PARTITIONS)))
        self.stream.drain(sent.read, sent.last_tick, PATIENCE)
        self.stream.stop()

    def _due(self) -> list[tuple[float, str]]:
        """When what happens, in seconds; processes have begun by the first."""
        kills = ["kill"] * round(KILLS_A_MINUTE * self.minutes)
        kinds = self.chance.sample(OTHERS, len(OTHERS))
        others = [kinds[at % len(kinds)] for at in range(round(OTHERS_A_MINUTE * self.minutes))]
        return sorted((self.chance.uniform(20, 60 * self.minutes), what) for what in [*kills, *others])

    def _happen(self, what: str) -> None:
        havoc = Havoc(self.stream, self.trouble, self.chance)
        do: dict[str, Callable[[], None]] = {
            "kill": havoc.kill,
            "outage": self.trouble.outage,
            "slow": self.trouble.slow,
            "broker": havoc.broker,
            "crash": self.trouble.crash,
            "freeze": lambda: havoc.freeze(self.chance.uniform(1, 2 * TAKEOVER)),
            "storm": lambda: havoc.join_and_leave(3),
        }
        do[what]()
        self.happened[what] += 1

    def _publish(self, records: list[Record]) -> None:
        publish(self.stream.broker, self.stream.topics.events, records)

    def _prune(self) -> None:
        store = self.stream.store()
        try:
            store.prune(time.time_ns() // 1_000_000, Retention(verdict_history=0))
        except StoreUnavailable as error:
            say(f"not pruned: {error}")
        finally:
            store.close()


def records(chance: Random) -> Iterator[tuple[Record, int]]:
    """All cycles, without what ends each."""
    ending = len(closing(PARTITIONS))
    for log in cycles(PARTITIONS, chance):
        for record in log.records[:-ending]:
            yield record, log.last_tick


def undisturbed(broker: Broker, topics: Topics, sent: Sent, folder: Path) -> dict[str, Any]:
    """What one process finds in the same topic."""
    url = f"sqlite:///{folder / 'undisturbed.db'}"
    upgrade(url)
    beside = Topics.beside(broker, topics.events, f"{topics.name}-undisturbed")
    with Stream(broker, beside, url, folder, ("--idle", "60")) as stream:
        stream.start()
        stream.drain(sent.read, sent.last_tick, PATIENCE)
        stream.stop()
        return stream.findings()


def half(name: str, url: str, server: Postgres, broker: Broker, minutes: float, seed: int) -> list[str]:
    """Soak one store; what is wrong."""
    chance = Random(seed)  # noqa: S311 - has to be the same each time
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="stillwatch-soak-")))
        url = url.format(folder=folder)
        upgrade(url)
        topics = Topics.create(broker, f"soak-{name}", PARTITIONS)
        stream = Stream(broker, topics, url, folder, PATIENT)
        trouble = stack.enter_context(troubled(stream, lambda: server))
        stack.enter_context(stream)
        soak, sent = Soak(stream, trouble, chance, minutes), Sent(records(chance))
        began = time.monotonic()
        soak.run(sent)
        say(f"{name}: {time.monotonic() - began:.0f} s, {sent.read} records, {dict(soak.happened)}")
        say(f"{name}: {soak.gauges.figures()}, {stream.started} processes, {stream.count('fenced')} fenced")
        expected, found = undisturbed(broker, topics, sent, folder), stream.findings()
        say(f"{name}: {len(found['alerts'])} revisions of alerts, {len(found['verdicts'])} verdicts")
        wrong = [f"{part} differ" for part in expected if expected[part] != found[part]]
        assert_delivered(stream)
        return [f"{name}: {one}" for one in [*wrong, *soak.gauges.problems()]]


def say(line: str) -> None:
    """To whoever watches."""
    print(line, flush=True)  # noqa: T201 - a program


def main() -> int:
    """Both halves."""
    minutes, seed = float(os.environ.get("SOAK_MINUTES", "30")), int(os.environ.get("SOAK_SEED", "1"))
    say(f"soak of {minutes:g} minutes, seed {seed}")
    with running_broker() as broker, running_postgres(on_disk=True) as server:
        stores = {"sqlite": "sqlite:///{folder}/store.db", "postgres": server.create_database()}
        wrong = [
            problem
            for name, url in stores.items()
            for problem in half(name, url, server, broker, minutes / 2, seed)
        ]
    for problem in wrong:
        say(f"WRONG: {problem}")
    say("soak failed" if wrong else "soak passed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
