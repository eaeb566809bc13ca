"""What `stillwatch spark link` costs against events, accounts and partitions, and a model fitted to it.

    python benchmarks/spark_cost.py [--events 20000 80000] [--accounts 400 1600] [--partitions 2 8]

CPU seconds are those of the whole process tree, the JVM and its Python workers, so that they mean something
on a busy machine; bytes shuffled are from Spark's event log. A first log is not counted: by it everything is
compiled and loaded. Results go to benchmarks/results.json; `python -m tools.sizing` makes the page of them.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402 - found through the line above
import pyarrow.dataset as ds  # noqa: E402 - as above
import pyarrow.parquet as pq  # noqa: E402 - as above
from scipy.optimize import nnls  # noqa: E402 - as above

from benchmarks.cpu import seconds_of_all  # noqa: E402 - as above
from detector import compose  # noqa: E402 - as above
from detector.frames import frame_version  # noqa: E402 - as above
from detector.spark.link import Linking, link  # noqa: E402 - as above
from detector.spark.link_shown import DOUBLE, Ids, Met, Period, Showing, hashed  # noqa: E402 - as above
from detector.spark.session import open_session  # noqa: E402 - as above
from detector.spark.stage import log_files, write_stage  # noqa: E402 - as above

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa
    from pyspark.sql import SparkSession

RESULTS: Final = ROOT / "benchmarks" / "results.json"
NAME: Final = "spark_cost"
_DAYS: Final = 6
_CAMPAIGN: Final = "fixed_cot:accounts={accounts},exchanges={exchanges}"
_PARTITIONS: Final = "spark.sql.shuffle.partitions"
_WARM: Final = (8_000, 200)


def simulated(folder: Path, events: int, accounts: int) -> Path:
    """A log of about so many events of so many honest accounts and a campaign a tenth as large."""
    world = folder / f"{events}-{accounts}"
    campaign = _CAMPAIGN.format(accounts=accounts // 10, exchanges=events // 5)
    command = [sys.executable, "-m", "detector.cli", "simulate", "--out", str(world), "--seed", "10"]
    command += ["--accounts", str(accounts), "--days", str(_DAYS), "--events", str(events)]
    command += ["--campaign", campaign, "--pools", "1"]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL, cwd=ROOT)
    return world


def measured(session: SparkSession, world: Path, partitions: int) -> dict[str, Any]:
    """One log sketched and linked; its shuffles are added when the event log is complete."""
    intake = compose.set_up().replay
    replay = compose.Intake(intake.kernel, intake.reading)
    session.conf.set(_PARTITIONS, str(partitions))
    truth = pq.read_table(world / "truth_accounts.parquet").to_pylist()
    names = [row["account_id"] for row in truth if row["label"] == "distillation"]
    stage = world / f"stage-{partitions}"
    marks = [_mark()]
    write_stage(session, log_files([str(world / "events.jsonl.zst")]), replay, stage)
    marks.append(_mark())
    how = Linking(intake.reading.key, frame_version(intake.reading.edge), intake.admission.tick)
    frames = session.read.parquet(str(stage))
    found = link(frames, np.sort(hashed(names, intake.reading.key)), None, how)
    marks.append(_mark())
    events = sum(row["n_events"] for row in truth)
    return {
        "events": events,
        "accounts": found.accounts,
        "linked": len(names),
        "members": found.members.num_rows,
        "rounds": found.rounds,
        "partitions": partitions,
        "sketch": _between(*marks[:2]),
        "link": _between(*marks[1:]),
        "stage_bytes": sum(path.stat().st_size for path in stage.rglob("*.parquet")),
    }


def passes(world: Path, stage: Path) -> dict[str, float]:
    """CPU microseconds an event of what executors do with frames when they link, without Spark around it."""
    replay = compose.set_up().replay
    key, version = replay.reading.key, frame_version(replay.reading.edge)
    batches = list(ds.dataset(stage, partitioning="hive").to_batches())
    truth = pq.read_table(world / "truth_accounts.parquet").to_pylist()
    linked = np.sort(hashed([row["account_id"] for row in truth if row["label"] == "distillation"], key))
    period = Period(version, 0, np.iinfo(np.int64).max, np.zeros(0, DOUBLE))
    met = Met(period, key, linked)
    keys = np.unique(np.concatenate([batch["key"].to_numpy() for batch in met(batches)])).view(np.uint64)
    steps: dict[str, Ids | Met | Showing] = {
        "ids": Ids(version),
        "met": met,
        "showing": Showing(period, key, np.sort(keys)),
    }
    events = sum(row["n_events"] for row in truth)
    return {name: _spent(step, batches) / events * 1e6 for name, step in steps.items()}


def _spent(step: Ids | Met | Showing, batches: Sequence[pa.RecordBatch]) -> float:
    for _ in step(batches):
        pass
    began = time.process_time()
    for _ in step(batches):
        pass
    return time.process_time() - began


def fitted(runs: Sequence[dict[str, Any]], step: str, figure: str) -> dict[str, float]:
    """Least squares, none of them negative: a start, and so much for each event and each account."""
    rows = np.array([[1.0, run["events"], run["accounts"]] for run in runs])
    values = np.array([run[step][figure] for run in runs])
    # Columns of one size, or the largest would decide alone.
    scale = rows.max(axis=0)
    found, _ = nnls(rows / scale, values)
    start, event, account = (found / scale).tolist()
    misses = np.abs(rows @ (found / scale) - values) / values
    return {"start": start, "event": event, "account": account, "worst_miss": float(misses.max())}


def benchmark(events: Sequence[int], accounts: Sequence[int], partitions: Sequence[int]) -> dict[str, Any]:
    """All sizes at the first number of partitions, and the largest at the others."""
    sizes = [*product(events, accounts)]
    plan = [(size, partitions[0]) for size in sizes] + [(sizes[-1], number) for number in partitions[1:]]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        worlds = {size: simulated(folder, *size) for size in {_WARM, *sizes}}
        (folder / "log").mkdir()
        settings = {"spark.eventLog.enabled": "true", "spark.eventLog.dir": (folder / "log").as_uri()}
        # Planning anew after each shuffle takes longer than these small logs do.
        settings |= {"spark.eventLog.compress": "false", "spark.sql.adaptive.enabled": "false"}
        session = open_session("local[2]", app=NAME, settings=settings)
        measured(session, worlds[_WARM], partitions[0])
        runs = []
        for size, number in plan:
            runs.append(measured(session, worlds[size], number))
            print(json.dumps(runs[-1]), flush=True)
        session.stop()
        _add_shuffles(runs, folder / "log")
        largest = worlds[sizes[-1]]
        beside = passes(largest, largest / f"stage-{partitions[0]}")
    grown = runs[: len(sizes)]
    steps = (("sketch", "cpu_seconds"), ("link", "cpu_seconds"), ("link", "shuffled"))
    model = {f"{step}_{figure}": fitted(grown, step, figure) for step, figure in steps}
    return {"runs": runs, "passes": beside, "model": model}


def main() -> None:
    """Measure, fit and keep the results of other benchmarks."""
    parser = argparse.ArgumentParser(description="Measure what linking on Spark costs.")
    parser.add_argument("--events", type=int, nargs="+", default=[20_000, 80_000])
    parser.add_argument("--accounts", type=int, nargs="+", default=[400, 1_600])
    parser.add_argument("--partitions", type=int, nargs="+", default=[2, 8])
    asked = parser.parse_args()
    results: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    results[NAME] = benchmark(asked.events, asked.accounts, asked.partitions)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(results[NAME]["model"], indent=1))


def _mark() -> tuple[float, float]:
    return time.time(), seconds_of_all()


def _between(before: tuple[float, float], after: tuple[float, float]) -> dict[str, Any]:
    return {
        "began": before[0],
        "ended": after[0],
        "seconds": after[0] - before[0],
        "cpu_seconds": after[1] - before[1],
    }


def _add_shuffles(runs: Sequence[dict[str, Any]], log: Path) -> None:
    """Bytes written to shuffles by the tasks that were launched in each step."""
    tasks = [task for path in log.rglob("events_*") for task in _tasks(path)]
    for run in runs:
        for step in (run["sketch"], run["link"]):
            began, ended = step.pop("began"), step.pop("ended")
            step["shuffled"] = sum(size for at, size in tasks if began <= at < ended)


def _tasks(path: Path) -> Iterator[tuple[float, int]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        event = json.loads(line)
        if event["Event"] == "SparkListenerTaskEnd" and event.get("Task Metrics"):
            written = event["Task Metrics"]["Shuffle Write Metrics"]["Shuffle Bytes Written"]
            yield event["Task Info"]["Launch Time"] / 1000, written


if __name__ == "__main__":
    main()
