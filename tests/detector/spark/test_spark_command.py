from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from detector.cli.compose import EXIT_DEAD_LETTERS, EXIT_ERROR
from detector.outputs import ACCOUNTS, ALERTS, DEAD_LETTERS
from tests.support.logs import Shape, make_log, write_log

if TYPE_CHECKING:
    from pathlib import Path

WITHOUT_THE_EXTRA = "import sys; sys.modules['pyspark'] = None; from detector.cli.app import main; main()"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python with `arguments`: a command ends its session, and tests in this process share another."""
    return subprocess.run([sys.executable, *arguments], check=False, capture_output=True, text=True)


def test_a_backfill_leaves_findings_and_no_stage(tmp_path: Path) -> None:
    """It says what a replay says, ends with its code, and sketched events are gone."""
    log = write_log(tmp_path / "log.jsonl", [*make_log(1, Shape(honest=3, harvesting=2)), {"time": "never"}])
    local = ("--master", "local[1]", "--spark", "spark.driver.memory=512m")
    done = run(
        "-m", "detector.cli", "spark", "backfill", log, "--out", str(tmp_path / "out"), "--strict", *local
    )

    assert done.returncode == EXIT_DEAD_LETTERS, done.stderr
    assert "dead lettered" in done.stderr
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {ACCOUNTS, ALERTS, DEAD_LETTERS} <= names
    assert not [name for name in names if name.startswith("stage")]


def test_without_the_extra_it_is_asked_for(tmp_path: Path) -> None:
    """The message names what to install; no other command needs it."""
    done = run("-c", WITHOUT_THE_EXTRA, "spark", "train-rows", "x.jsonl", "--lake", str(tmp_path))

    assert done.returncode == EXIT_ERROR
    assert "install stillwatch[spark]" in " ".join(done.stderr.split())
    assert run("-c", WITHOUT_THE_EXTRA, "spark", "--help").returncode == 0
