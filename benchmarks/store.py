"""Worker: how fast a store takes a worker's commits and a leader's checkpoint, beside a bare file.

    python benchmarks/store.py KIND

Kinds: `sqlite`, `postgres` (a server of its own, on this machine's disk) and `file` (the same bytes appended
to a file and flushed to the disk each time, which no durable store can beat). Bytes are incompressible, as
frames are when they arrive. Seconds are of the wall clock: most of them are the disk's.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from benchmarks.rounds import Spread, interleaved, ratios
from detector.store.checkpoints import CheckpointDelta, Page
from detector.store.intake import Frame, IntakeCounts, PartitionCommit, SeenSegment
from detector.store.opening import open_store, upgrade
from tests.support.postgres import running_postgres

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from detector.store.interface import Store

KINDS: Final = ("file", "sqlite", "postgres")
COMMITS: Final = 300
EVENTS: Final = 512
EVENT_BYTES: Final = 432
SEEN_BYTES: Final = 16
PAGES: Final = 2048
PAGE_BYTES: Final = 1 << 16
CHANGED: Final = 8
"""one page in so many changes between two checkpoints"""


@contextmanager
def opened(kind: str) -> Iterator[Store]:
    """A new store, gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        if kind == "sqlite":
            yield from _open(f"sqlite:///{Path(folder) / 'store.db'}")
        else:
            with running_postgres(on_disk=True) as server:
                yield from _open(server.create_empty())


def _open(url: str) -> Iterator[Store]:
    upgrade(url)
    store = open_store(url)
    yield store
    store.close()


def measure(store: Store) -> dict[str, float]:
    """Commits, reading their frames again, a first checkpoint, and a later one."""
    noise = np.random.default_rng(1)
    claim = store.claim(["t/0"], "benchmark", 0)["t/0"]
    body, seen = noise.bytes(EVENTS * EVENT_BYTES), noise.bytes(EVENTS * SEEN_BYTES)

    def commit() -> None:
        for number in range(1, COMMITS + 1):
            counts = IntakeCounts(read=number * EVENTS, accepted=number * EVENTS)
            store.commit([_commit(claim.epoch, number, counts, body, seen)], number)

    lease = store.lead("benchmark", 0, 10**9)
    if lease is None:
        raise RuntimeError("a new store has a leader already")
    pages = [Page("rows", number, noise.bytes(PAGE_BYTES)) for number in range(PAGES)]
    whole = CheckpointDelta(0, b"", {"rows": PAGES}, pages)
    changed = CheckpointDelta(0, b"", {"rows": PAGES}, pages[::CHANGED])
    folded = CheckpointDelta(COMMITS, b"", {"rows": PAGES}, [])
    return {
        "commits": seconds(commit),
        "frames": seconds(lambda: sum(frame.events for _, frame in store.frames(None, COMMITS))),
        "checkpoint": seconds(lambda: store.checkpoint(lease, whole)),
        "changed": seconds(lambda: store.checkpoint(lease, changed)),
        "forget_frames": seconds(lambda: store.checkpoint(lease, folded)),
        "pages": seconds(lambda: sum(len(page.body) for page in store.pages())),
    }


def _commit(epoch: int, number: int, counts: IntakeCounts, body: bytes, seen: bytes) -> PartitionCommit:
    return PartitionCommit(
        "t/0",
        epoch,
        number * EVENTS,
        state=b"state" * 20,
        watermark=number,
        counts=counts,
        frames=[Frame(1 + number // 10, EVENTS, body)],
        seen=SeenSegment(number, seen),
    )


def append() -> dict[str, float]:
    """The same bytes, to a file."""
    body = np.random.default_rng(1).bytes(EVENTS * (EVENT_BYTES + SEEN_BYTES))
    with tempfile.TemporaryFile() as file:

        def commit() -> None:
            for _ in range(COMMITS):
                file.write(body)
                file.flush()
                os.fsync(file.fileno())

        return {"commits": seconds(commit)}


def seconds(work: Callable[[], object]) -> float:
    """Of the wall clock."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def figures(spent: dict[str, float]) -> dict[str, float]:
    """Rates out of seconds: MB are of 1,000,000 bytes."""
    sizes = {"frames": COMMITS * EVENTS * EVENT_BYTES}
    sizes |= {"checkpoint": PAGES * PAGE_BYTES, "changed": PAGES * PAGE_BYTES // CHANGED}
    sizes |= {"pages": PAGES * PAGE_BYTES}
    rates = {
        f"{name}_mb_per_second": size / 1e6 / spent[name] for name, size in sizes.items() if name in spent
    }
    per_second = COMMITS / spent["commits"]
    return {"commits_per_second": per_second, "events_per_second": per_second * EVENTS} | rates | spent


def benchmark(_: Path, rounds: int) -> dict[str, Any]:
    """All kinds by turns, and what a commit costs beside a bare file's flush."""
    runs = interleaved({kind: ("store.py", kind) for kind in KINDS}, rounds)
    bare = [run["commits"] for run in runs["file"]]
    return {
        kind: {
            "rounds": rounds,
            "commit_over_flush": ratios([run["commits"] for run in found], bare),
            **{name: Spread.of([run[name] for run in found]).to_json() for name in found[0]},
        }
        for kind, found in runs.items()
    }


def main(kind: str) -> None:
    """Measure one kind and print its figures as JSON."""
    if kind == "file":
        print(json.dumps(figures(append())))
        return
    with opened(kind) as store:
        print(json.dumps(figures(measure(store))))


if __name__ == "__main__":
    main(sys.argv[1])
