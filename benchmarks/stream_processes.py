"""Processes of the live stream that benchmarks start and look at from outside."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from benchmarks.cpu import seconds_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from detector.store.interface import Store

PARTITIONS: Final = 8
_TICK: Final = 300_000
_PATIENCE: Final = 600.0
_ENVIRONMENT: Final = {"STILLWATCH_HASH_KEY": "of a benchmark", "OMP_NUM_THREADS": "1"}

Processes = list[subprocess.Popen[bytes]]


@contextmanager
def started(wanted: Sequence[tuple[str, str, str, str, str]]) -> Iterator[Processes]:
    """Processes by broker, store, topic, group and role; ended at the end of the block."""
    processes = [_started(*one) for one in wanted]
    try:
        yield processes
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()


def until(store: Store, reached: Callable[[int, bool], bool]) -> None:
    """Wait for what `standing` says to be enough; raises TimeoutError."""
    deadline = time.monotonic() + _PATIENCE
    while not reached(*standing(store)):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not done after {_PATIENCE:.0f} s: {store.partitions()}")
        time.sleep(0.05)


def passed(records: float) -> Callable[[int, bool], bool]:
    """So many were read."""
    return lambda read, _: read >= records


def done(records: int) -> Callable[[int, bool], bool]:
    """So many were read, and what came of them is stored."""
    return lambda read, waits: read >= records and not waits


def standing(store: Store) -> tuple[int, bool]:
    """Records read, and whether a tick waits that no partition can add to."""
    partitions = store.partitions()
    marks = [one.watermark or 0 for one in partitions]
    # The last tick is closed by idleness, for which nobody should wait here.
    ended = min(marks, default=0) // _TICK - 1
    waits = len(partitions) < PARTITIONS or (store.leadership().concluded or 0) < ended
    return sum(one.counts.read for one in partitions), waits


def cpu_of(processes: Processes) -> float:
    """Seconds of the processes and all of their threads so far."""
    return seconds_of(process.pid for process in processes)


def _started(broker: str, url: str, topic: str, group: str, role: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "detector.cli", "run", "--brokers", broker, "--topic", topic]
    command += ["--group", group, "--store", url, "--role", role, "--metrics", "none"]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL, env=os.environ | _ENVIRONMENT)
