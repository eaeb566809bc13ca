from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from detector.cli.app import make_app

if TYPE_CHECKING:
    from pathlib import Path


def ran(*arguments: object) -> str:
    """What a command says that must not work."""
    result = CliRunner().invoke(make_app(), [str(one) for one in arguments], env={"COLUMNS": "300"})
    assert result.exit_code == 2, result.output
    return " ".join(re.sub(r"[│╭╮╰╯─]", " ", result.output).split())


@pytest.mark.parametrize(
    "command",
    [
        ("replay", "absent.jsonl", "--out", "out", "--model"),
        ("calibrate", "absent.jsonl", "--model"),
        ("run", "--queue", "absent", "--model"),
        ("run", "--queue", "absent", "--challenger"),
    ],
    ids=" ".join,
)
def test_a_model_that_is_not_there_is_told_by_its_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    """Before anything is read or made."""
    monkeypatch.chdir(tmp_path)
    said = ran(*command, "nope")
    assert command[-1] in said
    assert "nope: no such folder; check the path" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("out", ["absent/c.json", "."])
def test_thresholds_that_could_not_be_written_cost_no_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str
) -> None:
    """The log is not even looked for."""
    monkeypatch.chdir(tmp_path)
    assert f"--out {out}: no file can be written there" in ran("calibrate", "absent.jsonl", "--out", out)
