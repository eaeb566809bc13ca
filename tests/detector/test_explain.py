from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from typer.testing import CliRunner

from detector.cli.app import make_app
from detector.outputs import SUMMARY
from detector.report.findings import Findings
from models.scorer import sigmoid
from tests.support.logs import make_log, write_log

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result


def explain(*arguments: str) -> Result:
    """Run `stillwatch explain`."""
    return CliRunner().invoke(make_app(), ["explain", *arguments])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Findings of a small log, one of whose accounts has an id that would colour a terminal."""
    place = tmp_path_factory.mktemp("explain")
    log = make_log(5)
    log[0] = log[0] | {"account_id": "red\x1b[31m[bold]one"}
    write_log(place / "log.jsonl", log)
    result = CliRunner().invoke(make_app(), ["replay", str(place / "log.jsonl"), "--out", str(place / "out")])
    assert result.exit_code == 0, result.output
    return place / "out"


def test_every_account_is_explained_by_weights_that_add_up(folder: Path) -> None:
    """The weights and the rest are the logit of the score that the replay wrote."""
    for name in Findings.read(folder).accounts.index:
        result = explain(name, "--from", str(folder), "--json")
        assert result.exit_code == 0, result.output
        told: dict[str, Any] = json.loads(result.output)
        logit = told["rest"] + sum(part["weight"] for part in told["contributions"])
        assert float(sigmoid(np.array([logit]))[0]) == pytest.approx(told["score"], abs=2e-3)


def test_evidence_comes_with_its_honest_explanation(folder: Path) -> None:
    """Every number says what it means, why it tells, and who does so honestly."""
    name = str(Findings.read(folder).accounts.index[0])
    parts = json.loads(explain(name, "--from", str(folder), "--json").output)["contributions"]
    assert parts
    assert all(part["meaning"] and part["cause"] and part["confounder"] for part in parts)
    assert "honest explanation: " in explain(name, "--from", str(folder)).output


def test_an_unknown_account_is_told_with_similar_ones(folder: Path) -> None:
    """A slip of the pen gets a hint, not a traceback."""
    name = str(Findings.read(folder).accounts.index[-1])
    result = explain(name + "x", "--from", str(folder))
    assert result.exit_code == 2
    assert "did you mean" in result.stderr
    assert name in result.stderr.replace("\n", "")


def test_findings_of_another_model_are_refused(folder: Path, tmp_path: Path) -> None:
    """Weights of one model do not explain the scores of another."""
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    summary = json.loads((folder / SUMMARY).read_text(encoding="utf-8")) | {"model": "sw-other"}
    (tmp_path / SUMMARY).write_text(json.dumps(summary), encoding="utf-8")
    result = explain(str(Findings.read(folder).accounts.index[0]), "--from", str(tmp_path))
    assert result.exit_code == 2
    assert "made by model sw-other" in result.stderr


def test_a_folder_without_findings_is_told_plainly(tmp_path: Path) -> None:
    """The message says how to make some."""
    result = explain("anybody", "--from", str(tmp_path))
    assert result.exit_code == 2
    assert "stillwatch replay" in result.stderr


def test_an_account_id_does_not_steer_the_terminal(folder: Path) -> None:
    """Control characters and markup in an id are shown, not obeyed."""
    result = explain("red\x1b[31m[bold]one", "--from", str(folder))
    assert result.exit_code == 0, result.output
    assert "\x1b" not in result.output
    assert "[bold]one" in result.output
