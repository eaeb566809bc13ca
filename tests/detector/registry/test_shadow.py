from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field, replace
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from detector.intake import Intake
from detector.registry.disagreement import DAY, Disagreement, disagreements
from detector.registry.shadow import Challenger, Shadow
from detector.registry.watching import Guarded
from detector.store.dossier_rows import write_series
from detector.store.findings import SeriesPoint
from detector.store.opening import open_database
from detector.stream.scoring import Scoring
from detector.telemetry.logs import open_logs
from models.artefact import ModelError
from models.scorer import Scores
from streaming.admission import AdmissionSettings
from tests.detector.streamed import KERNEL, POLICY, TICK, asks, batch_of, told_model

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from detector.cli.compose import Setup
    from detector.engine import Engine, Model
    from detector.ledger import Ledger, Tick
    from detector.pending import Chunk

LOG = asks(
    *[(minute, account, 1, 990) for account in range(4) for minute in (0, 20, 40)],
    *[(minute, account, account, 300) for account in range(5, 9) for minute in (1, 21)],
)


@dataclass
class Told:
    """Remembers what it was told."""

    counts: Counter[str] = field(default_factory=Counter)
    differences: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def shadowed(self, counts: Mapping[str, int], difference: float) -> None:
        """As `ShadowTold`."""
        self.counts.update(counts)
        self.differences.append(difference)

    def watcher_failed(self, name: str) -> None:
        """As `FailureTold`."""
        self.failed.append(name)


class Milder:
    """A scorer that thinks less of everything."""

    def __init__(self, model: Model) -> None:
        self._scorer = model.scorer

    def score(self, vectors: NDArray[np.float64]) -> Scores:
        """Half of what the other one says."""
        said = self._scorer.score(vectors)
        return Scores(said.distillation / 2, said.relay)

    def contributions(self, vectors: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """As the other one."""
        return self._scorer.contributions(vectors)


class Broken:
    """A watcher that fails."""

    def watch(self, tick: Tick, judged: NDArray[np.int64]) -> list[SeriesPoint]:  # noqa: ARG002 - as all
        """Raises an error that nobody expects, with something in it that nobody may read."""
        raise ZeroDivisionError("a prompt")


def chunks() -> list[Chunk]:
    """The log, tick by tick."""
    return Intake(KERNEL, AdmissionSettings(tick=TICK)).admit(batch_of(LOG)).by_tick()


def shadowed(model: Model, told: Told) -> tuple[list[SeriesPoint], list[str]]:
    """Numbers and alerts of the log, with `model` beside the champion."""
    challenger = Challenger(model, POLICY.raise_at, POLICY.raise_at)

    def watching(engine: Engine, ledger: Ledger) -> list[Shadow]:
        return [Shadow(challenger, engine, ledger, told)]

    return scored(Scoring(KERNEL.key, told_model(), POLICY, watching=watching))


def scored(scoring: Scoring) -> tuple[list[SeriesPoint], list[str]]:
    """Numbers of challengers, and revisions of alerts."""
    points: list[SeriesPoint] = []
    alerts: list[str] = []
    for chunk in chunks():
        end = int(chunk.ticks[0]) * TICK
        found = scoring.score(chunk, end)
        alerts += [f"{one.alert_id} {one.revision} {one.score}" for one in found]
        noted = scoring.noted(chunk, found, scoring.changed(end), end)
        points += [point for point in noted.series if point.name.startswith("shadow.")]
    return points, alerts


def test_a_challenger_that_is_the_champion_agrees_with_it() -> None:
    """About every account and tick, shared words and company included, from when those are alerted."""
    told = Told()
    points, _ = shadowed(told_model(), told)
    assert told.counts["both"] >= 4
    assert told.counts["neither"] >= 4
    assert told.counts["champion"] == told.counts["challenger"] == 0
    assert max(told.differences[1:]) < 1e-5
    assert {point.name for point in points} >= {"shadow.sw-test.both", "shadow.sw-test.difference"}


def test_disagreement_is_counted() -> None:
    """Half of every score reaches no bar: what the champion alerts, it alerts alone."""
    model = told_model()
    told = Told()
    points, _ = shadowed(replace(model, scorer=Milder(model), model_id="sw-mild"), told)
    assert told.counts["both"] == told.counts["challenger"] == 0
    assert told.counts["champion"] >= 4
    alone = [point.value for point in points if point.name == "shadow.sw-mild.champion"]
    assert sum(alone) == told.counts["champion"]


def test_a_challenger_changes_nothing_of_what_is_found() -> None:
    """Alerts are those without one."""
    model = told_model()
    _, alone = scored(Scoring(KERNEL.key, model, POLICY))
    _, beside = shadowed(replace(model, scorer=Milder(model)), Told())
    assert beside == alone
    assert alone


def test_a_challenger_that_fails_is_left_out() -> None:
    """Once, told by the type of its error alone; what it looked at goes on."""
    told, shown = Told(), StringIO()
    with open_logs(shown, "info") as log:
        guarded = Guarded("shadow", Broken(), told, log)
        scoring = Scoring(KERNEL.key, told_model(), POLICY, watching=lambda *_: [guarded])
        _, alerts = scored(scoring)
    assert alerts == scored(Scoring(KERNEL.key, told_model(), POLICY))[1]
    assert told.failed == ["shadow"]
    assert shown.getvalue().count("ZeroDivisionError") == 1
    assert "prompt" not in shown.getvalue()


def test_a_challenger_that_reads_otherwise_is_refused(shipped: Setup) -> None:
    """Frames hold what the champion's purpose weights made of texts."""
    manifest = shipped.artefact.manifest | {"text_weights": "text-other"}
    other = replace(shipped, artefact=replace(shipped.artefact, manifest=manifest))
    with pytest.raises(ModelError, match="made for purpose weights text-other"):
        Challenger.beside(shipped, other)
    assert Challenger.beside(shipped, shipped).bar == shipped.policy.raise_at


def test_days_are_read_back(store_url: str) -> None:
    """Ticks of a day together, each challenger by itself, and no day that is too long ago."""
    told: list[tuple[str, int, dict[str, float]]] = [
        *[("sw-1", tick, {"both": 2, "neither": 5, "difference": 3.5}) for tick in (DAY + 1, DAY + 300_000)],
        ("sw-2", DAY + 300_000, {"challenger": 1, "difference": 2.0}),
        ("sw-1", 5, {"both": 1}),
    ]
    points = [
        SeriesPoint(f"shadow.{model}.{name}", time, value)
        for model, time, values in told
        for name, value in values.items()
    ]
    with closing(open_database(store_url)) as database:
        with database.writing() as connection:
            write_series(database, connection, points)
        found = disagreements(database, 1)
    assert found == [Disagreement("sw-1", DAY, 4, 10, 0, 0, 0.5), Disagreement("sw-2", DAY, 0, 0, 0, 1, 2.0)]
