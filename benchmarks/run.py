"""Every figure of speed that the README states, measured on this machine.

    python benchmarks/run.py [--only NAME] [--data DIR] [--rounds N] [--write-docs]

Speed is CPU seconds on one core, one process a measurement, candidates interleaved round by round; only
ratios carry over to other machines. Results go to benchmarks/results.json.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import service_tables, spark_tables, tables  # noqa: E402 - found through the line above
from benchmarks.checkpoint import benchmark as checkpoint  # noqa: E402 - found through the line above
from benchmarks.console import benchmark as console  # noqa: E402 - as above
from benchmarks.generated import write_generated  # noqa: E402 - as above
from benchmarks.hook import benchmark as hook  # noqa: E402 - as above
from benchmarks.ingest import benchmark as ingest  # noqa: E402 - as above
from benchmarks.retraining_size import benchmark as retraining  # noqa: E402 - as above
from benchmarks.rounds import ROUNDS, Spread, interleaved, ratios, worker  # noqa: E402 - as above
from benchmarks.spark_stream import benchmark as spark_stream  # noqa: E402 - as above
from benchmarks.store import benchmark as store  # noqa: E402 - as above
from benchmarks.stream import benchmark as stream  # noqa: E402 - as above
from benchmarks.workers import benchmark as workers  # noqa: E402 - as above

if TYPE_CHECKING:
    from collections.abc import Callable

RESULTS: Final = ROOT / "benchmarks" / "results.json"
PAGE: Final = ROOT / "docs" / "benchmarks.md"
README: Final = ROOT / "README.md"
BY_HAND: Final = "<!-- by hand -->"
HISTORY: Final = 5_000_000
"""Events of the log that Spark is given."""
PROMPT_BYTES: Final = (512, 2048, 8192)


def compare(log: Path, candidates: tuple[str, ...], rounds: int) -> dict[str, Any]:
    """CPU seconds of candidates on one log, and the ratios that matter."""
    seconds = interleaved({name: ("candidates.py", name, str(log)) for name in candidates}, rounds)
    found: dict[str, Any] = {
        "rounds": rounds,
        "seconds": {name: Spread.of(values).to_json() for name, values in seconds.items()},
        "replay_over_decode": ratios(seconds["replay"], seconds["decode"]),
    }
    if "river" in seconds:
        found["river_over_replay"] = ratios(seconds["river"], seconds["replay"])
    return found


def generated(_: Path, rounds: int) -> dict[str, Any]:
    """A replay against decoding alone, by prompt length."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for size in PROMPT_BYTES:
            log = Path(folder) / f"{size}.jsonl.zst"
            write_generated(log, size)
            print(f"  prompts of {size} bytes", flush=True)
            found[str(size)] = compare(log, ("decode", "replay"), rounds)
    return found


def practice(data: Path, rounds: int) -> dict[str, Any] | None:
    """A replay against decoding alone and against a river pipeline, on the practice log."""
    log = data / "practice" / "train" / "events.jsonl.zst"
    return compare(log, ("decode", "replay", "river"), rounds) if is_there(log) else None


def memory(_: Path, __: int) -> dict[str, Any]:
    """Resident bytes an account."""
    found: dict[str, Any] = worker("growth.py", "memory")
    return found


def populations(_: Path, __: int) -> dict[str, Any]:
    """Bytes and CPU of populations at a million active accounts, beside the account fold."""
    found: dict[str, Any] = worker("populations.py")
    return found


def linear(_: Path, rounds: int) -> dict[str, Any]:
    """CPU an event at the end of a long run over CPU an event at its start."""
    found = interleaved({name: ("growth.py", name) for name in ("rows", "text")}, 1 if rounds < ROUNDS else 2)
    return {
        name: {"runs": runs, "ratio": max(slope_ratio(run) for run in runs)} for name, runs in found.items()
    }


def slope_ratio(run: dict[str, list[float]]) -> float:
    """CPU an event in the last interval over that in the first; before it, few ticks have closed."""
    slopes = [
        (run["seconds"][end] - run["seconds"][end - 1]) / (run["events"][end] - run["events"][end - 1])
        for end in (1, -1)
    ]
    return slopes[1] / slopes[0]


def simulate(_: Path, rounds: int) -> dict[str, Any]:
    """Events a second of the simulator, beside compressing and encoding the same events."""
    tasks = {name: ("simulate.py", name) for name in ("simulate", "compress", "encode")}
    found = interleaved(tasks, rounds)
    return {
        name: {
            "events_per_second": Spread.of([run["events"] / run["seconds"] for run in runs]).to_json(),
            "bytes_per_second": Spread.of([run["bytes"] / run["seconds"] for run in runs]).to_json(),
            "bytes_per_event": runs[0]["bytes"] / runs[0]["events"],
            "rounds": rounds,
        }
        for name, runs in found.items()
    }


def spark(_: Path, __: int) -> dict[str, Any]:
    """History on Spark beside a replay; a round takes a quarter of an hour, so that there is one."""
    found: dict[str, Any] = worker("spark.py", "--events", str(HISTORY))
    return found


def is_there(path: Path) -> bool:
    """Whether a file of the data folder is there; says that a benchmark is left out where not."""
    if not path.exists():
        print(f"  skipped: needs {path}; give the folder that holds it with --data", flush=True)
    return path.exists()


BENCHMARKS: Final[dict[str, Callable[[Path, int], dict[str, Any] | None]]] = {
    "generated": generated,
    "practice": practice,
    "memory": memory,
    "populations": populations,
    "linear": linear,
    "simulate": simulate,
    "store": store,
    "hook": hook,
    "ingest": ingest,
    "checkpoint": checkpoint,
    "stream": stream,
    "workers": workers,
    "console": console,
    "retraining": retraining,
    "spark": spark,
    "spark_stream": spark_stream,
}


def main() -> None:
    """Run what was asked for and keep the results of the rest."""
    parser = argparse.ArgumentParser(description="Measure speed and memory.")
    parser.add_argument("--only", choices=sorted(BENCHMARKS), help="run one benchmark")
    parser.add_argument(
        "--data", type=Path, default=ROOT.parent / "shared", help="folder that holds practice/train"
    )
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="interleaved rounds of each measurement")
    parser.add_argument("--write-docs", action="store_true", help="write docs/benchmarks.md and README.md")
    asked = parser.parse_args()
    results: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    for name in [asked.only] if asked.only else BENCHMARKS:
        print(f"{name}:", flush=True)
        found = BENCHMARKS[name](asked.data, asked.rounds)
        if found is not None:
            results[name] = found
            RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    more = [*service_tables.sections(results), *spark_tables.sections(results)]
    page = tables.page(results, more)
    print(page)
    if asked.write_docs:
        # What follows the mark was written by hand.
        _, mark, kept = PAGE.read_text(encoding="utf-8").partition(BY_HAND)
        PAGE.write_text(f"{page}\n{mark}{kept}", encoding="utf-8")
        README.write_text(tables.filled(README.read_text(encoding="utf-8"), results), encoding="utf-8")


if __name__ == "__main__":
    main()
