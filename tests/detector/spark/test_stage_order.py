from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.compose import Intake
from detector.intake import Counts
from detector.reader import LogReader
from detector.spark.ahead import LAST, Wave
from detector.spark.sketching import Sketching
from detector.spark.staged import StageReader
from streaming.dead_letters import DeadLetterCounts
from tests.support.logs import START, stamp, write_log

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pytest

    from detector.cli.compose import Setup
    from features.batch import EventBatch

MINUTES = st.lists(st.integers(-900, 900), max_size=12)


def log_of(minutes: Iterable[int], file: int) -> list[dict[str, Any]]:
    """Requests at minutes before and after a start, as they stand in a file."""
    return [
        {
            "event_id": f"{file}-{at}",
            "time": stamp(START + timedelta(minutes=minute)),
            "account_id": f"acct-{at % 3}",
            "messages": [{"role": "user", "content": f"Question {at} of file {file}, please."}],
        }
        for at, minute in enumerate(minutes)
    ]


def staged(folder: Path, paths: list[str], intake: Intake) -> None:
    """A stage as executors write it, without any."""
    files = pa.RecordBatch.from_pydict({"file": range(len(paths)), "path": paths})
    frames = pa.Table.from_batches(Sketching(intake, keep_payload=False)([files]))
    by_day = ds.partitioning(pa.schema({"day": pa.int32()}), flavor="hive")
    ds.write_dataset(frames, folder, format="parquet", partitioning=by_day)


def events_of(batches: Iterable[EventBatch]) -> list[tuple[int, int, str]]:
    """What there is of each event, in order."""
    return [
        (int(row["event"]), int(row["time"]), batch.accounts[row["account"]])
        for batch in batches
        for row in batch.rows
    ]


@settings(max_examples=25)
@given(files=st.lists(MINUTES.filter(bool), min_size=1, max_size=4), block=st.integers(1, 5))
def test_a_stage_is_in_the_order_of_a_replay(
    shipped: Setup, tmp_path_factory: pytest.TempPathFactory, files: list[list[int]], block: int
) -> None:
    """However far files are out of order, overlap and are cut: the same events, names and counts."""
    folder = tmp_path_factory.mktemp("stage")
    paths = [write_log(folder / f"{at}.jsonl", log_of(minutes, at)) for at, minutes in enumerate(files)]
    reading = replace(shipped.replay.reading, block_records=block)
    intake = Intake(shipped.replay.kernel, reading)
    staged(folder / "stage", paths, intake)
    ours, theirs = Counts(), Counts()

    found = StageReader([Wave(folder / "stage", LAST)], paths, intake, ours, DeadLetterCounts())
    expected = LogReader(paths, reading, theirs, DeadLetterCounts(), lambda _: None)

    assert events_of(found.batches()) == events_of(expected.batches())
    assert ours == theirs


def test_a_stage_holds_no_text(shipped: Setup, tmp_path: Path) -> None:
    """Sketched events are hashes and numbers: no word of a prompt is in any of its bytes."""
    log = write_log(tmp_path / "a.jsonl", log_of(range(50), 0))
    intake = Intake(shipped.replay.kernel, shipped.replay.reading)
    staged(tmp_path / "stage", [log], intake)
    reader = StageReader([Wave(tmp_path / "stage", LAST)], [log], intake, Counts(), DeadLetterCounts())

    for batch in reader.batches():
        assert batch.parts.data.size == 0
        assert np.all(batch.sketches["present"] == 1)
        assert b"Question" not in batch.rows.tobytes() + batch.sketches.tobytes()
