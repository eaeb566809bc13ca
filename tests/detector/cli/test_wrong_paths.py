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


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("sketch", "log.jsonl", "--out", "absent/s.jsonl.zst"), "absent/s.jsonl.zst: No such file"),
        (("replay", "log.jsonl", "--out", "log.jsonl"), "log.jsonl: File exists"),
    ],
)
def test_a_path_of_the_system_is_told_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], said: str
) -> None:
    """And without the number of the error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STILLWATCH_HASH_KEY", "a secret of the tests")
    (tmp_path / "log.jsonl").write_text("{}\n")
    told = ran(*command)
    assert told.startswith(f"error: {said}")
    assert told.endswith("; check the path, and that you may use it")


def test_a_lake_that_is_a_file_is_told_by_its_option(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before any folder is made for findings."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "log.jsonl").write_text("{}\n")
    told = ran("replay", "log.jsonl", "--out", "out", "--lake", "log.jsonl")
    assert told == "error: --lake log.jsonl: is no folder; check the path"
    assert not (tmp_path / "out").exists()
