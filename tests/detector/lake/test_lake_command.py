from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from detector.cli.app import make_app
from detector.lake.layout import ROOT, SCHEMA
from tests.detector.lake.recorded import bytes_of
from tests.support.logs import Shape, make_log, write_log


def run(*arguments: str) -> Result:
    """Run the command line."""
    return CliRunner().invoke(make_app([arguments[0]]), [*arguments])


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A day's log, replayed into a lake beside it."""
    tmp_path = tmp_path_factory.mktemp("written")
    log = write_log(
        tmp_path / "log.jsonl", make_log(3, Shape(honest=4, harvesting=3, span=timedelta(hours=3)))
    )
    lake = tmp_path / "lake"
    result = run("replay", str(log), "--out", str(tmp_path / "out"), "--lake", str(lake))
    assert result.exit_code == 0, result.output
    return tmp_path


@pytest.fixture
def lake(written: Path, tmp_path: Path) -> Path:
    """A copy of the lake, to do with as a test likes."""
    return Path(shutil.copytree(written / "lake", tmp_path / "lake"))


def test_a_replay_writes_a_lake_and_info_says_what_is_in_it(lake: Path) -> None:
    """Tables, days, and what rows were made by; requests are kept only if asked for."""
    result = run("lake", "info", str(lake))

    said = " ".join(result.output.split())
    assert result.exit_code == 0
    assert said.count("2026-03-01") == 6
    assert f"schema {SCHEMA}" in said
    assert "ticks of 5 minutes" in said
    assert not list((lake / ROOT).glob("events"))


def test_an_account_is_forgotten(lake: Path) -> None:
    """The command says how many rows went; the id is in no file any more."""
    result = run("lake", "forget", "pipe-0", str(lake))

    assert result.exit_code == 0
    assert int(result.output.split()[0]) > 5
    assert all(b"pipe-0" not in content for content in bytes_of(lake).values())


def test_days_before_are_deleted(lake: Path) -> None:
    """And those from then on stay."""
    assert "0 files deleted" in run("lake", "prune", str(lake), "--before", "2026-03-01").output

    result = run("lake", "prune", str(lake), "--days", "1")

    assert result.exit_code == 0
    assert not list(lake.rglob("*.parquet"))


@pytest.mark.parametrize("given", [(), ("--days", "1", "--before", "2026-03-01")])
def test_a_prune_needs_one_end(lake: Path, given: tuple[str, ...]) -> None:
    """Neither and both are refused."""
    result = run("lake", "prune", str(lake), *given)

    assert result.exit_code == 2
    assert "either --days or --before" in " ".join(result.output.split())


def test_what_is_no_lake_is_said_plainly(tmp_path: Path) -> None:
    """With the exit code of what could not be done, and what would write one."""
    result = run("lake", "info", str(tmp_path))

    assert result.exit_code == 2
    assert "stillwatch replay --lake" in " ".join(result.output.split())


def test_another_tick_does_not_write_into_the_same_lake(written: Path, lake: Path, tmp_path: Path) -> None:
    """Nothing is read first, and the lake stays as it is."""
    before = bytes_of(lake)

    result = run(
        "replay", str(written / "log.jsonl"), "--out", str(tmp_path / "out"), "--lake", str(lake),
        "--tick", "10",
    )  # fmt: skip

    assert result.exit_code == 2
    assert "--tick" in " ".join(result.output.split())
    assert bytes_of(lake) == before
