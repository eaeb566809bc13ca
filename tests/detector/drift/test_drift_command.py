from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from detector.cli.app import make_app
from detector.drift.daily import DailyDrift
from detector.drift.reference import FILE, LEAST, Reference, reference_of
from detector.intake import Intake
from detector.store.opening import upgrade
from detector.stream.scoring import Scoring
from features.scored import FEATURES, NAMES, OWN
from models.cohort import Cohorts
from tests.detector.streamed import ADMISSION, KERNEL, POLICY, TICK, asks, batch_of, told_model
from tests.support.logs import Event, Shape, make_log, write_log

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from detector.cli.compose import Setup
    from detector.engine import Engine
    from detector.ledger import Ledger

DAY = 24 * 60
CROWD = Shape(honest=2 * LEAST, harvesting=0, requests=8, span=timedelta(hours=20))


class Told:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.measured: list[tuple[Mapping[str, float], int, int]] = []

    def drifted(self, psi: Mapping[str, float], moved: int, end: int) -> None:
        """As `DriftTold`."""
        self.measured.append((psi, moved, end))


def run(*arguments: object) -> Result:
    """Run the command line; nothing unexpected may be raised."""
    result = CliRunner().invoke(make_app(["drift"]), ["drift", *(str(one) for one in arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A log of ordinary accounts, and a reference made of it."""
    folder = tmp_path_factory.mktemp("quiet")
    log = write_log(folder / "log.jsonl", make_log(1, CROWD))
    assert run(log, "--save", folder / FILE).exit_code == 0
    return log, folder / FILE


def measured(log: str, reference: Path) -> dict[str, Any]:
    """What the command says of a log."""
    result = run(log, "--reference", reference, "--json")
    assert result.exit_code == 0, result.output
    told: dict[str, Any] = json.loads(result.stdout)
    return told


def test_the_next_day_of_the_same_people_has_not_drifted(quiet: tuple[str, Path], tmp_path: Path) -> None:
    """Other requests of the like move nothing that accounts do by themselves."""
    log = write_log(tmp_path / "log.jsonl", make_log(2, CROWD))
    told = measured(log, quiet[1])["drift"]["stability"]
    own = [one for one in told if one["feature"] in NAMES[:OWN]]
    assert own
    # All of them share six wordings, and so what is thought of these.
    assert not [one["feature"] for one in own if one["moved"]]


def test_a_client_that_changed_is_found(quiet: tuple[str, Path], tmp_path: Path) -> None:
    """Answers four times as long, at another temperature: the features that say so moved."""
    log = write_log(tmp_path / "log.jsonl", [changed(event) for event in make_log(2, CROWD)])
    moved = {one["feature"] for one in measured(log, quiet[1])["drift"]["stability"] if one["moved"]}
    assert {"output_length", "temperature"} <= moved
    assert "user_length" not in moved
    assert "temperature" in run(log, "--reference", quiet[1]).output


def changed(event: Event) -> Event:
    """The same request by another client."""
    return event | {"output_tokens": 4 * event["output_tokens"], "temperature": 0.1}


def test_a_store_without_measurements_says_so(tmp_path: Path) -> None:
    """Nothing was measured yet, and nothing is proposed."""
    url = f"sqlite:///{tmp_path / 'store.db'}"
    upgrade(url)
    result = run("--store", url, "--propose")
    assert result.exit_code == 0
    assert "0 features of cohorts measured" in result.output


@pytest.mark.parametrize("arguments", [(), ("log", "--store", "sqlite:///s.db")])
def test_logs_or_a_store_are_named(arguments: tuple[str, ...]) -> None:
    """One of them, and not both."""
    assert run(*arguments).exit_code == 2


def test_a_reference_beside_the_model_counts(shipped: Setup, tmp_path: Path, quiet: tuple[str, Path]) -> None:
    """The operator's own takes the place of the quantiles that the model was fitted on."""
    assert not reference_of(shipped.artefact).accounts.any()
    own = Reference.load(quiet[1])
    (tmp_path / FILE).write_bytes(quiet[1].read_bytes())
    beside = replace(shipped.artefact, folder=tmp_path / "account")
    assert (reference_of(beside).accounts == own.accounts).all()


def test_drift_is_measured_once_a_day_and_the_same_after_a_crash() -> None:
    """With the first tick of the next day, of those who asked in the last one; nothing of it is state."""
    said = [
        (day * DAY + minute, account, 1, 300)
        for day in range(3)
        for minute in (0, 30)
        for account in range(LEAST)
    ]
    chunks = Intake(KERNEL, ADMISSION).admit(batch_of(asks(*said))).by_tick()
    told, usual = Told(), np.random.default_rng(1).random((500, len(FEATURES)))
    reference = Reference.of_quantiles(Cohorts.of(usual, np.full(500, 8)))

    def watching(engine: Engine, ledger: Ledger) -> list[DailyDrift]:
        return [DailyDrift(reference, engine, ledger, "sw-test", told)]

    def points(scoring: Scoring) -> list[str]:
        found = []
        for chunk in chunks:
            end = int(chunk.ticks[0]) * TICK
            alerts = scoring.score(chunk, end)
            noted = scoring.noted(chunk, alerts, scoring.changed(end), end)
            found += [f"{one.name} {one.time}" for one in noted.series if one.name.startswith("drift.")]
        return found

    first, again = (points(Scoring(KERNEL.key, told_model(), POLICY, watching=watching)) for _ in range(2))
    assert len(told.measured) == 4
    assert told.measured[:2] == told.measured[2:]
    assert first == again
    assert len(set(first)) == len(first) > 0
