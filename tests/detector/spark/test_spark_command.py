from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import zstandard

from detector.cli.compose import EXIT_DEAD_LETTERS, EXIT_ERROR
from detector.outputs import ACCOUNTS, ALERTS, CAMPAIGNS, DEAD_LETTERS, LINKS
from tests.support.logs import Shape, make_log, write_log

if TYPE_CHECKING:
    from pathlib import Path

LOCAL = ("--master", "local[1]", "--spark", "spark.driver.memory=512m")
WITHOUT_THE_EXTRA = "import sys; sys.modules['pyspark'] = None; from detector.cli.app import main; main()"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python with `arguments`: a command ends its session, and tests in this process share another."""
    return subprocess.run([sys.executable, *arguments], check=False, capture_output=True, text=True)


def test_a_backfill_leaves_findings_and_no_stage(tmp_path: Path) -> None:
    """It says what a replay says, ends with its code, and sketched events are gone."""
    log = write_log(tmp_path / "log.jsonl", [*make_log(1, Shape(honest=3, harvesting=2)), {"time": "never"}])
    done = run(
        "-m", "detector.cli", "spark", "backfill", log, "--out", str(tmp_path / "out"), "--strict", *LOCAL
    )

    assert done.returncode == EXIT_DEAD_LETTERS, done.stderr
    assert "dead lettered" in done.stderr
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {ACCOUNTS, ALERTS, DEAD_LETTERS} <= names
    assert not [name for name in names if name.startswith("stage")]


def test_accounts_that_a_replay_alerted_are_linked(tmp_path: Path) -> None:
    """Its table goes in as it is, and groups come out. A log that breaks off is told of."""
    log = write_log(tmp_path / "log.jsonl", make_log(1, Shape(honest=12, harvesting=6)))
    whole = zstandard.compress((tmp_path / "log.jsonl").read_bytes())
    (tmp_path / "again.jsonl.zst").write_bytes(whole[: len(whole) // 2])
    findings, groups = tmp_path / "findings", tmp_path / "groups"
    assert run("-m", "detector.cli", "replay", log, "--out", str(findings)).returncode == 0
    logs = (log, str(tmp_path / "again.jsonl.zst"))
    options = ("--alerted", str(findings / ACCOUNTS), "--out", str(groups), *LOCAL)
    done = run("-m", "detector.cli", "spark", "link", *logs, *options)

    assert done.returncode == 0, done.stderr
    assert "the compressed data ends too early" in " ".join(done.stderr.split())
    accounts = pq.read_table(findings / ACCOUNTS, filters=[("label", "=", "distillation")])["account_id"]
    members = pq.read_table(groups / "members.parquet")["account_id"]
    assert {f"pipe-{number}" for number in range(6)} <= set(members.to_pylist()) <= set(accounts.to_pylist())
    assert pq.read_table(groups / CAMPAIGNS).num_rows == 1
    assert {path.name for path in groups.iterdir()} == {CAMPAIGNS, LINKS, "members.parquet"}


def test_without_the_extra_it_is_asked_for(tmp_path: Path) -> None:
    """The message names what to install; no other command needs it."""
    done = run("-c", WITHOUT_THE_EXTRA, "spark", "train-rows", "x.jsonl", "--lake", str(tmp_path))

    assert done.returncode == EXIT_ERROR
    assert "install stillwatch[spark]" in " ".join(done.stderr.split())
    assert run("-c", WITHOUT_THE_EXTRA, "spark", "--help").returncode == 0
