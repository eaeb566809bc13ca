"""Jobs on Spark against one process, on the same logs and cores.

    python benchmarks/spark.py [--events N] [--rounds N] [--out FILE]

A simulated log is cut into files. The first one warms everything up: the JVM compiles, Python processes
start. The others are measured. CPU seconds are those of all processes together, the JVM's included, so that
whoever else uses the cores matters less; wall times say how the two cores of `local[2]` share the work.
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import zstandard
from rich.console import Console

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.cpu import seconds_of_all  # noqa: E402 - found through the line above
from benchmarks.rounds import Spread, ratios  # noqa: E402 - as above
from detector.cli.compose import set_up  # noqa: E402 - as above
from detector.cli.lake_options import with_lake  # noqa: E402 - as above
from detector.cli.replay import replay_to  # noqa: E402 - as above
from detector.lake.replaying import RecordedReplay  # noqa: E402 - as above
from detector.spark.backfill import Backfill  # noqa: E402 - as above
from detector.spark.session import open_session  # noqa: E402 - as above
from detector.spark.train_rows import write_rows  # noqa: E402 - as above
from streaming.dead_letters import DeadLetterCounts  # noqa: E402 - as above

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pyspark.sql import SparkSession

    from detector.compose import Setup

CORES: Final = 2
EACH: Final = 100_000
"""Events of a file."""
ACCOUNTS: Final = 3_000
"""More accounts with each file."""
EVENTS_A_DAY: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds."""

    wall: float
    cpu: float


class Commands:
    """What is compared, each under its name, on some logs."""

    def __init__(self, setup: Setup, session: SparkSession, folder: Path) -> None:
        self._setup = setup
        self._session = session
        self._folder = folder
        self._numbers = count()

    def replay(self, logs: Sequence[str]) -> None:
        """One process."""
        replay_to(logs, self._new(), self._setup, Console(file=io.StringIO()))

    def replay_with_lake(self, logs: Sequence[str]) -> None:
        """One process that writes training rows as well."""
        replay_to(logs, self._new(), self._with_lake(), Console(file=io.StringIO()))

    def backfill(self, logs: Sequence[str]) -> None:
        """`stillwatch spark backfill`."""
        job = Backfill.of(self._setup.replay, self._session, self._new(), keep_payload=False)
        replay_to(logs, self._new(), replace(self._setup, replay=job), Console(file=io.StringIO()))

    def train_rows(self, logs: Sequence[str]) -> None:
        """`stillwatch spark train-rows`."""
        replay = self._with_lake().replay
        assert isinstance(replay, RecordedReplay)  # noqa: S101 - made so
        write_rows(self._session, logs, replay, self._new(), DeadLetterCounts(), lambda _: None)

    def all(self) -> dict[str, Callable[[Sequence[str]], None]]:
        """By name; of one process first."""
        return {
            "replay": self.replay,
            "replay with a lake": self.replay_with_lake,
            "backfill": self.backfill,
            "train-rows": self.train_rows,
        }

    def _with_lake(self) -> Setup:
        return with_lake(self._setup, str(self._new()), events=False)

    def _new(self) -> Path:
        return self._folder / f"out-{next(self._numbers)}"


def benchmark(events: int, rounds: int) -> dict[str, Any]:
    """Each command by turns; ratios are of one round."""
    found: dict[str, list[Spent]] = {}
    with tempfile.TemporaryDirectory() as folder:
        logs, each = cut(Path(folder), max(events // EACH, 1) + 1)
        session = open_session(f"local[{CORES}]", app="benchmark")
        commands = Commands(set_up(), session, Path(folder)).all()
        for run in commands.values():
            run(logs[:1])
        for number in range(rounds):
            for name, run in commands.items():
                found.setdefault(name, []).append(measured(run, logs[1:]))
                print(f"  round {number + 1} of {rounds}: {name}: {found[name][-1]}", flush=True)
        session.stop()
    measured_events = each * (len(logs) - 1)
    return _figures(found, measured_events) | {"events": measured_events, "rounds": rounds}


def cut(folder: Path, files: int) -> tuple[list[str], int]:
    """A simulated log in files that follow each other, and how many events each of them has."""
    world, days = folder / "world", max(round(files * EACH / EVENTS_A_DAY), 1)
    made = ["simulate", "--out", world, "--seed", "7", "--days", days]
    made += ["--accounts", files * ACCOUNTS, "--events", files * EACH]
    subprocess.run([sys.executable, "-m", "detector.cli", *map(str, made)], check=True, cwd=ROOT)
    paths = [folder / f"{number:03}.jsonl.zst" for number in range(files)]
    with zstandard.open(world / "events.jsonl.zst", "rb") as log:
        lines = io.BufferedReader(log)
        for path in paths:
            some = list(islice(lines, EACH))
            assert len(some) == EACH, "fewer events than asked for"  # noqa: S101 - ratios would be wrong
            with zstandard.open(path, "wb") as file:
                file.write(b"".join(some))
    return [str(path) for path in paths], EACH


def measured(run: Callable[[Sequence[str]], None], logs: Sequence[str]) -> Spent:
    """What a run takes, here and in every process below this one."""
    wall, cpu = time.perf_counter(), seconds_of_all()
    run(logs)
    return Spent(time.perf_counter() - wall, seconds_of_all() - cpu)


def _figures(found: dict[str, list[Spent]], events: int) -> dict[str, Any]:
    """CPU microseconds an event; rates against the replay's, by CPU second and by core and second."""
    replay = found["replay"]
    return {
        name: {
            "microseconds": Spread.of([one.cpu / events * 1e6 for one in spent]).to_json(),
            "rate_per_cpu_second": ratios([one.cpu for one in replay], [one.cpu for one in spent]),
            "rate_per_core": ratios(
                [one.wall for one in replay], [one.wall * (1 if "replay" in name else CORES) for one in spent]
            ),
        }
        for name, spent in found.items()
    }


def main() -> None:
    """Measure, and print or write the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=int, default=300_000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    found = json.dumps(benchmark(options.events, options.rounds))
    print(found)
    if options.out is not None:
        options.out.write_text(found + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
