"""Memory an account, and CPU time against the number of events, of the engine fed with generated rows.

    python benchmarks/growth.py memory|rows|text

The last line printed is JSON.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from detector.cli.compose import set_up
from features.account.layout import ACCOUNT_ROW
from features.batch import EventBatch
from features.rows import EVENT_ROW, SKETCH_ROW
from features.text.parts import USER, TextParts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

BATCH: Final = 8192
MILLION: Final = 1_000_000
START: Final = 1_772_323_200_000  # 2026-03-01, ms since the epoch
ROW_MARKS: Final = (500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000)
TEXT_MARKS: Final = (50_000, 100_000, 200_000, 400_000, 800_000)


class Machine:
    """A tick loop and its engine, and the CPU time spent in them."""

    def __init__(self) -> None:
        setup = set_up()
        self.loop, self.engine = setup.replay.start()
        self.spent = 0.0

    def take(self, batch: EventBatch) -> None:
        """Feed a batch."""
        started = time.process_time()
        for tick in self.loop.observe(batch):
            self.engine.decide(tick)
        self.spent += time.process_time() - started


def batches(events: int, accounts: int, spacing_ms: float, words: int) -> Iterator[EventBatch]:
    """Batches of events of random accounts, `spacing_ms` apart, each with a prompt of `words` words."""
    rng = np.random.default_rng(1)
    names = [f"acct_{number:012x}" for number in range(accounts)]
    for start in range(0, events, BATCH):
        size = min(BATCH, events - start)
        numbers = np.arange(start, start + size)
        # each account in turn, so that a known number of accounts has the same number of events
        owners = numbers % accounts
        codes, local = np.unique(owners, return_inverse=True)
        rows = np.zeros(size, dtype=EVENT_ROW)
        rows["event"] = (numbers + 1).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        rows["time"] = START + (numbers * spacing_ms).astype(np.int64)
        rows["available"] = rows["time"] + rng.integers(300, 20_000, size)
        rows["account"] = local
        for name in ("input_tokens", "output_tokens"):
            rows[name] = rng.integers(5, 900, size)
        for name in ("ip", "ip_net", "session", "user_agent"):
            rows[name] = rng.integers(1, 2**62, size)
        rows["status"] = 200
        yield EventBatch(
            rows, [names[code] for code in codes], texts(rng, size, words),
            np.zeros(size, dtype=SKETCH_ROW), np.zeros(size, dtype=bool),
        )  # fmt: skip


def texts(rng: np.random.Generator, events: int, words: int) -> TextParts:
    """One user message an event, of random words; none at all for no words."""
    if words == 0:
        none = np.zeros(0, dtype=np.uint8)
        return TextParts(none, np.zeros(1, np.int64), none, np.zeros(events + 1, np.int64))
    letters: NDArray[np.uint8] = rng.integers(97, 123, (events, words * 6)).astype(np.uint8)
    letters[:, 5::6] = ord(" ")
    offsets = np.arange(events + 1, dtype=np.int64) * (words * 6)
    return TextParts(letters.ravel(), offsets, np.full(events, USER, np.uint8), np.arange(events + 1))


def resident() -> int:
    """Resident memory of this process, bytes."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096


def memory() -> dict[str, float]:
    """Growth of resident memory over a million accounts of three requests each."""
    warm = Machine()
    for batch in batches(4 * BATCH, BATCH // 2, 1.0, 0):
        warm.take(batch)
    del warm
    machine = Machine()
    before = resident()
    for batch in batches(3 * MILLION, MILLION, 5.0, 0):
        machine.take(batch)
    for tick in machine.loop.finish():
        machine.engine.decide(tick)
    grown = resident() - before
    accounts = len(machine.loop.ledger.accounts)
    return {"accounts": accounts, "bytes_per_account": grown / accounts, "row_bytes": ACCOUNT_ROW.itemsize}


def curve(marks: tuple[int, ...], accounts: int, spacing_ms: float, words: int) -> dict[str, list[float]]:
    """CPU seconds after each number of events in `marks`."""
    warm = Machine()
    for batch in batches(4 * BATCH, accounts, spacing_ms, words):
        warm.take(batch)
    machine = Machine()
    fed = 0
    seconds: list[float] = []
    reached: list[float] = []
    for batch in batches(marks[-1], accounts, spacing_ms, words):
        machine.take(batch)
        fed += len(batch.rows)
        if fed >= marks[len(seconds)]:
            seconds.append(machine.spent)
            reached.append(float(fed))
    return {"events": reached, "seconds": seconds}


def main(name: str) -> None:
    """Measure one thing and print it."""
    if name == "memory":
        print(json.dumps(memory()))
    elif name == "rows":
        print(json.dumps(curve(ROW_MARKS, 2000, 15.0, 0)))
    else:
        print(json.dumps(curve(TEXT_MARKS, 2000, 15.0, 80)))


if __name__ == "__main__":
    main(sys.argv[1])
