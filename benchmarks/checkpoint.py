"""Worker: what checkpoints and recoveries cost, by the number of active accounts.

    python benchmarks/checkpoint.py ACCOUNTS

Accounts are those of populations.py, two requests each; then one in ten makes another one, and what changed
is stored. Seconds are of the wall clock, with the disk in them.
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from benchmarks.populations import ticks
from benchmarks.rounds import worker
from detector import compose
from detector.engine import Model
from detector.pending import Chunk
from detector.store.opening import open_store, upgrade
from detector.stream.clock import SystemClock
from detector.stream.cold import ColdInStore
from detector.stream.pages import Pager
from detector.stream.patience import Patience
from detector.stream.scoring import Scoring
from detector.telemetry.logs import open_logs
from features.rows import EVENT_ROW, SKETCH_ROW

if TYPE_CHECKING:
    from detector.compose import Setup
    from detector.store.interface import Store

NUMBERS: Final = (100_000, 1_000_000)
INTERVAL: Final = 300.0
"""Seconds between two checkpoints, as shipped."""
_TICK: Final = 300_000
_AGAIN: Final = 10
"""one account in so many is heard of between two checkpoints"""


def started(setup: Setup, store: Store) -> Scoring:
    """Without events."""
    model = Model.of(setup.artefact)
    with open_logs(io.StringIO()) as log:
        patience = Patience(SystemClock(), 0.0, lambda: None, log)
    return Scoring(setup.replay.reading.key, model, setup.policy, ColdInStore(store, patience))


def fold(scoring: Scoring, events: int, accounts: int, first: int) -> int:
    """Fold and score so many events of `accounts`, in ticks from `first` on; the tick after the last."""
    for rows, sketches in ticks(events, accounts):
        names = [f"account-{owner}" for owner in rows["account"]]
        rows["account"] = np.arange(len(rows))
        end = first * _TICK
        chunk = Chunk(rows.astype(EVENT_ROW), sketches.astype(SKETCH_ROW), np.full(len(rows), first), names)
        scoring.score(chunk, end)
        first += 1
    return first


def measure(accounts: int) -> dict[str, float]:
    """Checkpoints of a whole state and of what changed, and a recovery."""
    setup = compose.set_up()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'store.db'}"
        upgrade(url)
        store = open_store(url)
        scoring, pager = started(setup, store), Pager("of a benchmark")
        tick = fold(scoring, 2 * accounts, accounts, 1)
        whole = save(store, pager, scoring, tick)
        tick = fold(scoring, accounts // _AGAIN, accounts, tick)
        changed = save(store, pager, scoring, tick)
        began = time.perf_counter()
        found = store.load_checkpoint()
        if found is None:
            raise RuntimeError("a checkpoint that was stored is not there")
        state, _ = Pager("of a benchmark").load(found.manifest, store.pages())
        started(setup, store).restore(state)
        return {
            "whole_seconds": whole[0],
            "whole_bytes": whole[1],
            "changed_seconds": changed[0],
            "changed_bytes": changed[1],
            "changed_over_interval": changed[0] / INTERVAL,
            "recovery_seconds": time.perf_counter() - began,
            "accounts": len(scoring.ledger.accounts),
        }


def save(store: Store, pager: Pager, scoring: Scoring, tick: int) -> tuple[float, int]:
    """Seconds of a checkpoint, and bytes of the pages that changed."""
    lease = store.lead("benchmark", 0, 10**12)
    if lease is None:
        raise RuntimeError("a new store has a leader already")
    began = time.perf_counter()
    written = pager.delta(tick, scoring.state(), {})
    store.checkpoint(lease, written.delta)
    pager.stored(written)
    return time.perf_counter() - began, written.bytes


def benchmark(_: Path, __: int) -> dict[str, Any]:
    """By number of accounts."""
    return {str(number): worker("checkpoint.py", str(number)) for number in NUMBERS}


def main(accounts: int) -> None:
    """Measure and print the figures as JSON."""
    print(json.dumps(measure(accounts)))


if __name__ == "__main__":
    main(int(sys.argv[1]))
