"""CPU seconds an event of one, two and four processes that share a topic.

The processes, the broker and this script share the cores, so that wall time would say little. Clocks start
when a part of the records is read: by then everything is compiled, and partitions are divided.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks.rounds import Spread, ratios
from benchmarks.stream import PARTITIONS, RECORDS, filled
from detector.store.opening import open_store, upgrade
from tests.support.postgres import running_postgres

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detector.store.interface import Store

NUMBERS: Final = (1, 2, 4)
_MARK: Final = 0.25
_TICK: Final = 300_000
_PATIENCE: Final = 600.0
_ENVIRONMENT: Final = {"STILLWATCH_HASH_KEY": "of a benchmark", "OMP_NUM_THREADS": "1"}


def measure(broker: str, url: str, number: int) -> float:
    """CPU microseconds an event of `number` processes with an empty store."""
    upgrade(url)
    store = open_store(url)
    processes = [_started(broker, url, number) for _ in range(number)]
    try:
        _until(store, lambda read, _: read >= _MARK * RECORDS)
        began, read = _cpu(processes), _standing(store)[0]
        _until(store, lambda read, waits: read >= RECORDS and not waits)
        spent = _cpu(processes) - began
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()
        store.close()
    return spent / (RECORDS - read) * 1e6


def benchmark(_: Path, rounds: int) -> dict[str, Any]:
    """Each number of processes by turns, over PostgreSQL."""
    found: dict[int, list[float]] = {number: [] for number in NUMBERS}
    with filled() as broker, running_postgres(on_disk=True) as server:
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


def _started(broker: str, url: str, number: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "detector.cli", "run", "--brokers", broker, "--topic", "usage"]
    command += ["--group", f"workers-{number}-{Path(url).name}", "--store", url, "--metrics", "none"]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL, env=os.environ | _ENVIRONMENT)


def _until(store: Store, reached: Any) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not reached(*_standing(store)):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not done after {_PATIENCE:.0f} s: {store.partitions()}")
        time.sleep(0.05)


def _standing(store: Store) -> tuple[int, bool]:
    """Records read, and whether a tick waits that no partition can add to."""
    partitions = store.partitions()
    marks = [one.watermark or 0 for one in partitions]
    ended = min(marks, default=0) // _TICK - 1
    waits = len(partitions) < PARTITIONS or (store.leadership().concluded or 0) < ended
    return sum(one.counts.read for one in partitions), waits


def _cpu(processes: Sequence[subprocess.Popen[bytes]]) -> float:
    """Seconds of the processes and all of their threads so far."""
    ticks = 0
    for process in processes:
        fields = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
