from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from detector.cli.app import make_app
from detector.evaluate.predictions import Predictions
from detector.evaluate.report.page import HTML, MARKDOWN, read_evaluation
from detector.evaluate.results import FILE, OURS
from detector.report.findings import FindingsError
from detector.truth import WorldError, WorldTruth
from tests.support.logs import make_log, write_log
from tests.support.worlds import write_world

if TYPE_CHECKING:
    from collections.abc import Callable


def run(*arguments: str) -> Result:
    """Run the command line; nothing unexpected may be raised."""
    result = CliRunner().invoke(make_app(), list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world of twelve honest accounts and a campaign of four that is easy to find."""
    return write_world(tmp_path_factory.mktemp("worlds") / "small", make_log(3))


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another one, to learn from."""
    return write_world(tmp_path_factory.mktemp("worlds") / "other", make_log(4))


def test_a_world_becomes_a_report(small: Path, tmp_path: Path) -> None:
    """The campaign is found, the honest are left alone, and the files say so."""
    out, docs = tmp_path / "out", tmp_path / "detection.md"
    result = run("evaluate", str(small), "--out", str(out), "--no-baselines", "--write-docs", str(docs))
    assert result.exit_code == 0, result.output
    (world,) = read_evaluation(out / FILE).worlds
    grades = world.detectors[OURS]
    assert (world.name, world.synthetic, world.accounts) == ("small", True, 16)
    assert world.events == len(make_log(3))
    assert (grades.alerts.recall.hits, grades.alerts.fpr.hits) == (4, 0)
    assert grades.leakage.campaigns[0].exchanges == sum(e["account_id"][0] == "p" for e in make_log(3))
    assert {path.name for path in out.iterdir()} == {FILE, HTML, MARKDOWN}
    assert "What is missed" in docs.read_text(encoding="utf-8")


def test_baselines_stand_beside_it_and_json_is_printed(small: Path, other: Path, tmp_path: Path) -> None:
    """Every detector is graded on the same log, and standard output holds nothing but the JSON."""
    result = run("evaluate", str(small), "--out", str(tmp_path), "--train", str(other), "--json")
    assert result.exit_code == 0, result.output
    (world,) = json.loads(result.stdout)["worlds"]
    assert len(world["detectors"]) > 1
    assert next(iter(world["detectors"])) == OURS
    assert "Beside other detectors" in (tmp_path / MARKDOWN).read_text(encoding="utf-8")


def test_two_runs_measure_the_same(small: Path, tmp_path: Path) -> None:
    """All but the date is determined by the worlds and the model."""
    found = []
    for name in ("a", "b"):
        run("evaluate", str(small), "--out", str(tmp_path / name), "--no-baselines")
        found.append(read_evaluation(tmp_path / name / FILE).worlds)
    assert found[0] == found[1]


def test_what_is_no_world_is_told(small: Path, tmp_path: Path) -> None:
    """A missing truth and a missing training world end with 2 and the remedy, before anything is written."""
    empty, out = tmp_path / "empty", tmp_path / "out"
    empty.mkdir()
    for arguments, told in (
        ([str(empty)], "truth_accounts.parquet: missing"),
        ([str(small), "--full"], "--train"),
        ([str(small), "--full", "--train", str(small)], "independent groups of relay accounts"),
        ([str(small), "--train", str(empty)], "truth_accounts.parquet: missing"),
    ):
        result = run("evaluate", *arguments, "--out", str(out))
        assert result.exit_code == 2
        assert told in result.output.replace("\n", "")
        assert not out.exists()


def test_a_log_that_breaks_off_is_not_graded(small: Path, tmp_path: Path) -> None:
    """Figures of half a world would be of another world."""
    broken = tmp_path / "broken"
    broken.mkdir()
    for path in small.glob("truth*"):
        (broken / path.name).write_bytes(path.read_bytes())
    packed = Path(write_log(tmp_path / "whole.jsonl.zst", make_log(3))).read_bytes()
    (broken / "events.jsonl.zst").write_bytes(packed[: len(packed) // 2])
    result = run("evaluate", str(broken), "--out", str(tmp_path / "out"), "--no-baselines")
    assert result.exit_code == 2
    assert "read to its end" in " ".join(result.output.split())


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda table: table.drop(columns="pool"), "no column pool"),
        (lambda table: pd.concat([table, table]), "occurs twice"),
        (lambda table: table.assign(label="nice"), "label is none of"),
        (lambda table: table.assign(family=None), "no family or campaign_id"),
        (lambda table: table.iloc[:0], "names no account"),
    ],
)
def test_a_truth_that_cannot_be_graded_says_why(
    small: Path, tmp_path: Path, change: Callable[[pd.DataFrame], pd.DataFrame], told: str
) -> None:
    """Columns, ids, labels and families are checked, and the message names the file."""
    folder = tmp_path / "changed"
    folder.mkdir()
    change(pd.read_parquet(small / "truth_accounts.parquet")).to_parquet(folder / "truth_accounts.parquet")
    with pytest.raises(WorldError, match=told) as error:
        WorldTruth.read(folder)
    assert "truth_accounts.parquet" in str(error.value)


def test_findings_of_another_kind_are_refused(tmp_path: Path) -> None:
    """A folder without findings, and one whose table lacks a column."""
    with pytest.raises(FindingsError, match="missing"):
        Predictions.read(tmp_path)
    pd.DataFrame({"account_id": ["a"]}).to_parquet(tmp_path / "accounts.parquet")
    with pytest.raises(FindingsError, match="no column campaign_id"):
        Predictions.read(tmp_path)
