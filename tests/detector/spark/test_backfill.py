from __future__ import annotations

import io
import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from detector.cli.replay import replay_to
from detector.compose import Intake
from detector.outputs import DEAD_LETTERS, SUMMARY
from detector.reader import Unread
from detector.spark.ahead import staged_ahead
from detector.spark.backfill import Backfill
from detector.spark.errors import SparkError
from features.adapters import FormatError
from tests.support.logs import Shape, make_log, seeded, write_log

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import SparkSession

    from detector.cli.compose import Setup
    from tests.support.logs import Event

NOWHERE = Console(file=io.StringIO())


def on_spark(setup: Setup, spark: SparkSession, stage: Path, *, keep_payload: bool = False) -> Setup:
    """The same set-up, whose replay is a job."""
    return replace(setup, replay=Backfill.of(setup.replay, spark, stage, keep_payload=keep_payload))


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of some findings."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def untidy(log: Sequence[Event]) -> list[Event]:
    """The same out of order, some of it twice, and some of it hours too late."""
    random = seeded(5)
    shuffled = sorted(log, key=lambda event: (event["time"][:15], random.random()))
    early = shuffled[:4]
    again = random.sample(shuffled[50:], 12)
    return [*shuffled[4:200], *again, *shuffled[200:], *early, *shuffled[-3:]]


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Three files whose times overlap: in order, out of order, and with lines that are no events."""
    folder = tmp_path_factory.mktemp("logs")
    shape = Shape(honest=8, harvesting=4, requests=14)
    made = [
        [event | {"event_id": f"{seed}-{event['event_id']}"} for event in make_log(seed, shape)]
        for seed in (1, 2, 3)
    ]
    paths = [
        write_log(folder / "a.jsonl.zst", made[0]),
        write_log(folder / "b.parquet", untidy(made[1])),
        write_log(folder / "c.jsonl", made[2]),
    ]
    ban = {"kind": "ban", "time": made[2][50]["time"], "account_id": made[2][0]["account_id"]}
    with (folder / "c.jsonl").open("ab") as file:
        file.write(b'{"time": 1}\nno json\n' + json.dumps(ban).encode() + b"\n")
    return [str(path) for path in paths]


def test_findings_are_those_of_one_replay(
    shipped: Setup, spark: SparkSession, logs: list[str], tmp_path: Path
) -> None:
    """Every file of the output, dead letters and counts too, is equal byte for byte."""
    replay_to(logs, tmp_path / "one", shipped, NOWHERE, keep_payloads=True)
    setup = on_spark(shipped, spark, tmp_path / "stage", keep_payload=True)
    replay_to(logs, tmp_path / "many", setup, NOWHERE, keep_payloads=True)

    assert contents(tmp_path / "many") == contents(tmp_path / "one")
    summary = json.loads((tmp_path / "many" / SUMMARY).read_text(encoding="utf-8"))
    assert summary["read"] == sum(
        summary[name] for name in ("accepted", "duplicate", "late", "dead_lettered")
    )
    assert summary["accounts_alerted"] > 0
    assert min(summary[name] for name in ("duplicate", "late", "dead_lettered", "lifecycle")) > 0
    assert len((tmp_path / "many" / DEAD_LETTERS).read_text(encoding="utf-8").splitlines()) == 2


def test_logs_are_folded_while_later_ones_are_staged(
    shipped: Setup, spark: SparkSession, tmp_path: Path
) -> None:
    """Many logs that follow each other, given in any order, and one of bans: as one replay finds."""
    log = make_log(4, Shape(honest=8, harvesting=4, requests=40))
    cuts = [len(log) * part // 9 for part in range(10)]
    paths = [str(write_log(tmp_path / f"{start}.jsonl", log[start:end])) for start, end in pairwise(cuts)]
    ban = {"kind": "ban", "time": log[-20]["time"], "account_id": log[0]["account_id"]}
    paths = [*paths[::-2], *paths[1::2], str(write_log(tmp_path / "bans.jsonl", [ban]))]
    replay_to(paths, tmp_path / "one", shipped, NOWHERE)
    replay_to(paths, tmp_path / "many", on_spark(shipped, spark, tmp_path / "stage"), NOWHERE)

    assert contents(tmp_path / "many") == contents(tmp_path / "one")
    assert len(list((tmp_path / "stage").iterdir())) > 1


def test_a_job_that_is_given_up_stages_no_more(shipped: Setup, spark: SparkSession, tmp_path: Path) -> None:
    """Who stops folding ends what executors do for it."""
    log = make_log(4, Shape(honest=8, harvesting=4, requests=14))
    paths = [str(write_log(tmp_path / f"{number}.jsonl", log)) for number in range(24)]
    intake = Intake(shipped.replay.kernel, shipped.replay.reading)
    with staged_ahead(spark, paths, intake, tmp_path / "stage") as waves:
        next(waves)
    assert spark.sparkContext.statusTracker().getActiveJobsIds() == []
    assert len(list((tmp_path / "stage").iterdir())) < 6


def test_what_breaks_off_is_used_up_to_there(
    shipped: Setup, spark: SparkSession, logs: list[str], tmp_path: Path
) -> None:
    """A file that is cut off is reported by name, and what was read of it counts."""
    cut = tmp_path / "cut.jsonl.zst"
    cut.write_bytes(Path(logs[0]).read_bytes()[:-20])
    setup = on_spark(shipped, spark, tmp_path / "stage")
    summary, outcome = replay_to([str(cut)], tmp_path / "out", setup, NOWHERE)

    assert [str(error).split(":")[0] for error in outcome.errors] == [str(cut)]
    assert summary["read"] > 0


def test_what_is_no_log_is_refused_by_name(shipped: Setup, spark: SparkSession, tmp_path: Path) -> None:
    """The message is the replay's, with the file that it is about."""
    path = tmp_path / "x.jsonl"
    path.write_text('{"a": 1}\n' * 3, encoding="utf-8")
    setup = on_spark(shipped, spark, tmp_path / "stage")
    with pytest.raises(FormatError, match=r"x\.jsonl"):
        replay_to([str(path)], tmp_path / "out", setup, NOWHERE)


def test_what_is_no_log_does_not_cost_the_others(
    shipped: Setup, spark: SparkSession, logs: list[str], tmp_path: Path
) -> None:
    """Beside logs it is told, and the findings are those of a replay."""
    junk = tmp_path / "x.jsonl"
    junk.write_text('{"a": 1}\n' * 3, encoding="utf-8")
    given = [str(junk), *logs]
    _, one = replay_to(given, tmp_path / "one", shipped, NOWHERE)
    _, many = replay_to(given, tmp_path / "many", on_spark(shipped, spark, tmp_path / "stage"), NOWHERE)

    assert contents(tmp_path / "many") == contents(tmp_path / "one")
    assert [str(error) for error in many.errors] == [str(error) for error in one.errors]
    assert [type(error) for error in many.errors] == [Unread]


def test_standard_input_is_refused(shipped: Setup, spark: SparkSession, tmp_path: Path) -> None:
    """No executor could read it."""
    setup = on_spark(shipped, spark, tmp_path / "stage")
    with pytest.raises(SparkError, match="give the names of files"):
        replay_to(["-"], tmp_path / "out", setup, NOWHERE)
