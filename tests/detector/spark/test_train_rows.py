from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from detector.cli.lake_options import with_lake
from detector.cli.replay import replay_to
from detector.lake.replaying import RecordedReplay
from detector.spark.train_rows import write_rows
from streaming.dead_letters import DeadLetterCounts
from tests.detector.lake.recorded import bytes_of
from tests.support.logs import Shape, make_log, write_log

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import SparkSession

    from detector.cli.compose import Setup


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Two files of two days that overlap, and a record that is no event."""
    folder = tmp_path_factory.mktemp("logs")
    shape = Shape(honest=10, harvesting=5, requests=12, span=timedelta(hours=30))
    first = make_log(6, shape)
    second = [event | {"event_id": f"b-{event['event_id']}"} for event in make_log(7, shape)]
    return [
        write_log(folder / "a.jsonl.zst", first),
        write_log(folder / "b.jsonl", [*second, second[10], {"time": second[-1]["time"]}]),
    ]


@pytest.mark.parametrize("events", [False, True])
def test_the_lake_is_that_of_a_replay(
    shipped: Setup, spark: SparkSession, logs: list[str], tmp_path: Path, *, events: bool
) -> None:
    """Every file is equal byte for byte, with and without a row for each request, and counts add up."""
    one, many = (with_lake(shipped, str(tmp_path / name), events=events) for name in ("one", "many"))
    _, outcome = replay_to(logs, tmp_path / "out", one, Console(quiet=True))
    assert isinstance(many.replay, RecordedReplay)
    letters = DeadLetterCounts()
    written = write_rows(spark, logs, many.replay, tmp_path / "stage", letters, lambda _: None)

    assert bytes_of(tmp_path / "many") == bytes_of(tmp_path / "one")
    assert written.counts == outcome.counts
    assert written.accounts == len(outcome.loop.ledger.accounts)
    assert written.counts.duplicate + written.counts.late == 1
    assert written.counts.dead_lettered == sum(letters.counts.values()) == 1
    assert not written.errors
