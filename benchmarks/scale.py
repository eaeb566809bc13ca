"""A replay of a large world: what it finds, what it keeps, and how long each step takes.

    OMP_NUM_THREADS=1 python -m benchmarks.scale WORLD --out FINDINGS

WORLD is a folder made by `stillwatch simulate`; docs/scale.md says by which command. Prints tables in
Markdown, and writes the same figures to FINDINGS/scale.json.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console

from benchmarks.found import found_in
from benchmarks.scale_page import page
from benchmarks.stopwatch import Stopwatch
from detector.cli.replay import replay_to
from detector.compose import set_up
from detector.replay import Replay
from features.account.fold import DAY
from features.account.layout import ACCOUNT_ROW

if TYPE_CHECKING:
    from detector.engine import Engine
    from detector.replay import Outcome
    from detector.ticks import TickLoop

RECENT: Final = 14
"""Days for which it is remembered what accounts share."""


@dataclass(frozen=True, slots=True)
class Watched(Replay):
    """A replay whose steps are measured."""

    watch: Stopwatch

    def start(self) -> tuple[TickLoop, Engine]:
        """As it is, under a stopwatch."""
        loop, engine = Replay.start(self)
        self.watch.watch(loop.ledger, "fold", "folding")
        self.watch.watch(engine, "decide", "deciding")
        self.watch.watch(engine.campaigns, "update", "of which linking")
        self.watch.watch(engine, "settle", "settling")
        return loop, engine


def measured(world: Path, out: Path) -> dict[str, Any]:
    """Replay the log of `world` into `out`, grade the findings, and say what it took."""
    setup, watch = set_up(), Stopwatch()
    replay = setup.replay
    watched = Watched(
        replay.artefact, replay.policy, replay.kernel, replay.reading, replay.admission, watch=watch
    )
    log = world / "events.jsonl.zst"
    began = time.process_time(), time.perf_counter()
    _, outcome = replay_to([str(log)], out, replace(setup, replay=watched), Console(stderr=True))
    cpu, wall = time.process_time() - began[0], time.perf_counter() - began[1]
    return {
        "replay": {"events": outcome.counts.accepted, "cpu_seconds": cpu, "wall_seconds": wall},
        "steps": {step: watch.figures(step) for step in watch.seconds},
        "state": state_of(outcome),
        "found": found_in(world, out),
    }


def state_of(outcome: Outcome) -> dict[str, float]:
    """Bytes that are kept at the end, and for how many accounts."""
    ledger = outcome.loop.ledger
    rows = ledger.accounts.rows
    return {
        "accounts": len(rows),
        "recent_accounts": int((rows["last"] >= outcome.end - RECENT * DAY).sum()),
        "populations": len(ledger.words),
        "objects_of_infrastructure": len(ledger.means),
        "memberships": len(ledger.words.edges) + len(ledger.means.edges),
        "bytes_of_accounts": len(rows) * ACCOUNT_ROW.itemsize,
        "bytes_of_words": ledger.words.nbytes,
        "bytes_of_infrastructure": ledger.means.nbytes,
        "bytes_of_links": ledger.words.edges.nbytes + ledger.means.edges.nbytes,
        "resident_bytes_at_most": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def main() -> None:
    """Measure, print and keep."""
    parser = argparse.ArgumentParser(description="Measure a replay of a large world.")
    parser.add_argument("world", type=Path, help="folder made by stillwatch simulate")
    parser.add_argument("--out", type=Path, required=True, help="folder for the findings")
    asked = parser.parse_args()
    figures = measured(asked.world, asked.out)
    (asked.out / "scale.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(page(figures))


if __name__ == "__main__":
    main()
