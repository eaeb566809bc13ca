from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner, Result

from detector.cli.app import make_app
from tests.support.logs import Event, Shape, make_log, write_log
from tests.support.replays import Findings

if TYPE_CHECKING:
    from pathlib import Path

DAY = Shape(honest=700, harvesting=0, requests=8, span=timedelta(hours=20))


@pytest.fixture(scope="module")
def traffic() -> list[Event]:
    """A day of honest accounts, enough of them for a tail."""
    return make_log(1, DAY)


def run(*arguments: str) -> Result:
    """Run the command line; nothing unexpected may be raised."""
    result = CliRunner().invoke(make_app(), list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def calibrated(folder: Path, name: str, log: list[Event], *options: str) -> dict[str, Any]:
    """What `stillwatch calibrate` writes for a log."""
    out = folder / f"{name}.json"
    path = write_log(folder / f"{name}.jsonl", log)
    result = run("calibrate", path, "--out", str(out), *options)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(out.read_text())
    return found


def test_a_few_attackers_in_the_log_move_nothing_much(tmp_path: Path, traffic: list[Event]) -> None:
    """Eight harvesting accounts among seven hundred honest ones leave the bar about where it was."""
    attack = make_log(2, Shape(honest=0, harvesting=8, requests=5, span=DAY.span))
    mixed = sorted([*traffic, *attack], key=lambda event: str(event["time"]))
    clean = calibrated(tmp_path, "clean", traffic)
    assert abs(calibrated(tmp_path, "mixed", mixed)["raise_at"] - clean["raise_at"]) < 0.1


def test_a_log_full_of_attackers_is_refused(tmp_path: Path, traffic: list[Event]) -> None:
    """With one account in nine harvesting nobody would be alerted: no thresholds are written."""
    attack = make_log(2, Shape(honest=0, harvesting=90, requests=5, span=DAY.span))
    mixed = sorted([*traffic, *attack], key=lambda event: str(event["time"]))
    out = tmp_path / "calibration.json"
    result = run("calibrate", write_log(tmp_path / "log.jsonl", mixed), "--out", str(out))
    assert result.exit_code == 2
    assert "leave out accounts that are known to distil" in " ".join(result.output.split())
    assert not out.exists()


def test_a_bar_that_alerts_nobody_is_told(tmp_path: Path, traffic: list[Event]) -> None:
    """It is right for a log without attackers, and a surprise for one with them."""
    log = write_log(tmp_path / "log.jsonl", traffic)
    result = run("calibrate", log, "--out", str(tmp_path / "c.json"), "--budget", "0.000001")
    assert result.exit_code == 0
    assert "warning: with these thresholds nobody in this log" in " ".join(result.output.split())


def test_a_calibration_ends_shadow_mode_and_finds_attackers(tmp_path: Path, traffic: list[Event]) -> None:
    """Thresholds from ordinary traffic are used by a replay, which then no longer calls itself a shadow."""
    calibrated(tmp_path, "mine", traffic)
    log = write_log(tmp_path / "today.jsonl", make_log(3))
    out = tmp_path / "out"
    result = run("replay", log, "--out", str(out), "--calibration", str(tmp_path / "mine.json"))
    found = Findings.read(out)
    assert result.exit_code == 0
    assert "shadow" not in result.output
    assert (found.summary["mode"], found.summary["thresholds"]) == ("calibrated", "mine")
    assert {name[:5] for name in found.alerted} == {"pipe-"}
    assert not any(alert["shadow"] for alert in found.alerts)


def test_a_larger_budget_gives_no_higher_bar(tmp_path: Path, traffic: list[Event]) -> None:
    """More alerts allowed, a lower bar."""
    bars = [calibrated(tmp_path, "b", traffic, "--budget", value)["raise_at"] for value in ("0.0001", "0.01")]
    assert bars[0] >= bars[1]


def test_too_few_accounts_are_told(tmp_path: Path) -> None:
    """A short log is refused with the number of accounts it had, and no thresholds are written."""
    log = write_log(tmp_path / "short.jsonl", make_log(1))
    out = tmp_path / "calibration.json"
    result = run("calibrate", log, "--out", str(out))
    assert result.exit_code == 2
    assert "accounts have enough requests" in " ".join(result.output.split())
    assert not out.exists()


@pytest.mark.parametrize("budget", ["0", "nan", "0.5", "-1"])
def test_absurd_budgets_are_refused(tmp_path: Path, traffic: list[Event], budget: str) -> None:
    """A budget is a small share."""
    log = write_log(tmp_path / "log.jsonl", traffic)
    assert run("calibrate", log, "--out", str(tmp_path / "c.json"), "--budget", budget).exit_code == 2
