"""CPU seconds an event of one, two and four processes that share a topic.

The processes, the broker and this script share the cores, so that wall time would say little. Clocks start
when a part of the records is read: by then everything is compiled, and partitions are divided.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any, Final

from benchmarks.rounds import Spread, ratios
from benchmarks.stream import RECORDS, filled
from benchmarks.stream_processes import cpu_of, done, passed, standing, started, until
from detector.store.opening import open_store, upgrade
from tests.support.postgres import running_postgres

NUMBERS: Final = (1, 2, 4)
TOPIC: Final = "quiet"
_MARK: Final = 0.25


def measure(broker: str, url: str, number: int) -> float:
    """CPU microseconds an event of `number` processes with an empty store."""
    upgrade(url)
    group = f"workers-{number}-{Path(url).name}"
    with closing(open_store(url)) as store, started([(broker, url, TOPIC, group, "all")] * number) as all_:
        until(store, passed(_MARK * RECORDS))
        began, read = cpu_of(all_), standing(store)[0]
        until(store, done(RECORDS))
        spent = cpu_of(all_) - began
    return spent / (RECORDS - read) * 1e6


def benchmark(_: Path, rounds: int) -> dict[str, Any]:
    """Each number of processes by turns, over PostgreSQL."""
    found: dict[int, list[float]] = {number: [] for number in NUMBERS}
    with filled([TOPIC]) as broker, running_postgres(on_disk=True) as server:
        for round_ in range(rounds):
            for number in NUMBERS:
                print(f"  round {round_ + 1} of {rounds}: {number} processes", flush=True)
                found[number].append(measure(broker, server.create_empty(), number))
    return {
        str(number): {
            "rounds": rounds,
            "microseconds": Spread.of(spent).to_json(),
            "over_one": ratios(spent, found[1]),
        }
        for number, spent in found.items()
    }
