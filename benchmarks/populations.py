"""Worker: memory and CPU time of populations, beside the account fold, at a million active accounts.

    python benchmarks/populations.py

Events are drawn so that an account has about as many populations and memberships as on practice/train. The
last line printed is JSON.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Final

import numpy as np

from features.account.fold import DAY, canonical_order, fold
from features.account.layout import ACCOUNT_ROW
from features.population.layout import MEANS, WORDS
from features.population.provenance import ServedAnswers
from features.population.table import PopulationTable
from features.rows import EVENT_ROW, SKETCH_ROW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

ACCOUNTS: Final = 1_000_000
EVENTS: Final = 3 * ACCOUNTS
TICK: Final = 50_000
WARM: Final = 100_000
DAYS: Final = 2
START: Final = 1_772_323_200_000  # 2026-03-01, ms since the epoch
_STEP: Final = np.uint64(0x9E3779B97F4A7C15)

POOLS: Final = {
    "system": (0.4, 60_000),
    "template": (0.6, 1_000_000),
    "head": (0.8, 900_000),
    "tail": (0.8, 1_200_000),
}
"""Share of the requests whose words others use too, and how many such words there are."""


def ticks(events: int, accounts: int) -> Iterator[tuple[NDArray[np.void], NDArray[np.void]]]:
    """Rows and sketches, a tick at a time; each account in turn, so that all are active."""
    rng = np.random.default_rng(1)
    for start in range(0, events, TICK):
        numbers = np.arange(start, min(start + TICK, events))
        owners = numbers % accounts
        yield _rows(rng, numbers, owners), _sketches(rng, numbers)


def _hash(values: NDArray[np.int64], kind: int) -> NDArray[np.uint64]:
    return (values.astype(np.uint64) + np.uint64(kind << 40) + np.uint64(1)) * _STEP


def _skewed(rng: np.random.Generator, size: int, pool: int) -> NDArray[np.int64]:
    return (pool * rng.random(size) ** 2).astype(np.int64)


def _rows(
    rng: np.random.Generator, numbers: NDArray[np.int64], owners: NDArray[np.int64]
) -> NDArray[np.void]:
    size = len(numbers)
    rows = np.zeros(size, dtype=EVENT_ROW)
    rows["event"] = _hash(numbers, 1)
    rows["account"], rows["status"] = owners, 200
    rows["time"] = START + numbers * (DAYS * DAY / EVENTS)
    rows["available"] = rows["time"] + rng.integers(300, 20_000, size)
    rows["account_created"] = START - (owners % 800) * (DAY // 2)
    rows["signup"] = _hash(owners % 8, 2)
    rows["payment"] = np.where(owners % 3, _hash(owners // 2, 3), 0)
    rows["device"] = np.where(owners % 4, _hash(owners, 4), 0)
    rows["ip_net"] = _hash((owners * 31 + rng.integers(0, 4, size)) % (2 * ACCOUNTS // 3), 5)
    rows["user_agent"] = _hash(_skewed(rng, size, 50), 6)
    rows["asn"] = owners % 2000
    for name in ("top_p", "n", "max_tokens", "temperature"):
        rows[name] = _skewed(rng, size, 8)
    for name in ("input_tokens", "output_tokens"):
        rows[name] = rng.integers(5, 900, size)
    return rows


def _sketches(rng: np.random.Generator, numbers: NDArray[np.int64]) -> NDArray[np.void]:
    size = len(numbers)
    sketches = np.zeros(size, dtype=SKETCH_ROW)
    sketches["present"], sketches["user_turns"] = 1, 1
    for name in ("content", "opening", "response"):
        sketches[name] = _hash(numbers, 7)
    sketches["turns"][:, 0] = _hash(np.maximum(numbers - rng.integers(0, 2 * ACCOUNTS, size), 0), 7)
    sketches["shingles"] = rng.integers(0, 2**32, (size, sketches["shingles"].shape[1]), dtype=np.uint32)
    for kind, (name, (share, pool)) in enumerate(POOLS.items()):
        own = 0 if name == "system" else _hash(numbers + pool, 8 + kind)
        words = np.where(rng.random(size) < share, _hash(_skewed(rng, size, pool), 8 + kind), own)
        sketches[name] = words >> np.uint64(32) if name in {"head", "tail"} else words
    return sketches


class Machine:
    """Accounts and their populations, and the CPU time that each step took."""

    def __init__(self, accounts: int) -> None:
        self.accounts = np.zeros(accounts, dtype=ACCOUNT_ROW)
        self.served = ServedAnswers()
        self.words = PopulationTable(WORDS, counted=True)
        self.means = PopulationTable(MEANS, counted=False)
        self.spent = dict.fromkeys(("accounts", "provenance", "words", "means"), 0.0)

    def take(self, rows: NDArray[np.void], sketches: NDArray[np.void]) -> None:
        """Fold a tick."""
        marks = [time.process_time()]
        fold(self.accounts, rows, sketches, canonical_order(rows))
        marks.append(time.process_time())
        order = np.lexsort((rows["event"], rows["available"]))
        origins = self.served.trace(rows, sketches, order)
        marks.append(time.process_time())
        for table in (self.words, self.means):
            table.fold(rows, sketches, origins, order, len(self.accounts))
            marks.append(time.process_time())
        for name, took in zip(self.spent, np.diff(marks), strict=True):
            self.spent[name] += float(took)


def main() -> None:
    """Measure and print."""
    warm = Machine(WARM)
    for tick in ticks(WARM, WARM):
        warm.take(*tick)
    machine = Machine(ACCOUNTS)
    for tick in ticks(EVENTS, ACCOUNTS):
        machine.take(*tick)
    tables = {"words": machine.words, "means": machine.means}
    sizes = {name: table.nbytes for name, table in tables.items()} | {"provenance": machine.served.nbytes}
    found = {
        "accounts": ACCOUNTS,
        "events": EVENTS,
        "populations": {name: len(table) for name, table in tables.items()},
        "memberships": {name: len(table.edges) for name, table in tables.items()},
        "bytes_per_account": {name: size / ACCOUNTS for name, size in sizes.items()},
        "microseconds_per_event": {name: 1e6 * took / EVENTS for name, took in machine.spent.items()},
        "forget_seconds": forget(machine),
    }
    print(json.dumps(found))


def forget(machine: Machine) -> float:
    """CPU seconds to forget what was last shown before the last day."""
    began = time.process_time()
    for table in (machine.words, machine.means):
        table.forget(START // DAY + DAYS - 1)
    return time.process_time() - began


if __name__ == "__main__":
    main()
