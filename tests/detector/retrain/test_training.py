from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest

from detector.retrain.fitting import open_model
from detector.retrain.judging import judge
from detector.retrain.labels import Label
from detector.retrain.outcome import FILE
from detector.retrain.relabelling import MISSED
from detector.retrain.stages import load_rows
from detector.retrain.teaching import Guards, teach
from detector.retrain.training import Inputs, TrainSettings, train
from detector.retrain.writing import CARD, CARD_HTML, CHALLENGER, REGRESSION, write_outcome, write_regression
from models.boosting import Boosting, UnlearnableError
from models.fit import FitSettings
from models.scorer import DISTILLATION
from tests.detector.retrain.rows import DAY, Cast, make_rows, truth

if TYPE_CHECKING:
    from pathlib import Path

    from detector.cli.compose import Setup
    from detector.retrain.outcome import Outcome

SMALL = Boosting(trees=8, leaves=4, rate=0.5, smallest_leaf=5)
SETTINGS = TrainSettings(FitSettings(SMALL, SMALL, SMALL), held_out=("held",))
WORLD = make_rows(11, Cast(campaigns=("alpha-1", "alpha-2", "held-1")))
TESTED = make_rows(12, Cast(campaigns=("alpha-1", "alpha-2", "held-1")))
TRAFFIC = make_rows(13, Cast(campaigns=("new-1", "new-2", "new-3", "new-4"), prefix="t"))


def verdicts() -> list[Label]:
    """The truth about half of the traffic's new family and some honest accounts, by two analysts."""
    known = truth(TRAFFIC)
    chosen = [*range(60), *np.flatnonzero(known == DISTILLATION)[:30]]
    return [
        Label(
            f"t{at}", "distillation" if known[at] == DISTILLATION else "benign", 0.9, "verdict",
            ("ana", "bo")[at % 2], 3 * DAY, 0,
        )
        for at in chosen
    ]  # fmt: skip


def told(out: Path, shipped: Setup, labels: list[Label], said: list[str] | None = None) -> Outcome:
    """The outcome of a training."""
    inputs = Inputs([WORLD], TESTED, TRAFFIC, labels, canary=TESTED)
    steps: list[str] = [] if said is None else said
    return train(inputs, shipped.artefact, SETTINGS, out, steps.append)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the trainings of this module."""
    return tmp_path_factory.mktemp("train")


@pytest.fixture(scope="module")
def outcome(out: Path, shipped: Setup) -> Outcome:
    """A training from honest verdicts."""
    return told(out, shipped, verdicts())


def test_a_challenger_catches_what_verdicts_taught(outcome: Outcome, out: Path) -> None:
    """It is a model like any other, and finds another draw of the family."""
    challenger = open_model(out / outcome.model)
    later = make_rows(14, Cast(campaigns=("new-1", "new-2")))
    caught = judge(challenger, later).alerted[truth(later) == DISTILLATION]
    assert challenger.model_id == outcome.gate.challenger
    assert caught.mean() > 0.9


def test_the_same_inputs_make_the_same_challenger(outcome: Outcome, tmp_path: Path, shipped: Setup) -> None:
    """In another folder, from nothing, everything that is decided is the same."""
    assert told(tmp_path, shipped, verdicts()) == outcome


def test_a_training_is_resumed(outcome: Outcome, out: Path, shipped: Setup) -> None:
    """What was fitted from the same content is not fitted again; other labels make another model."""
    stamp = (out / outcome.model / "account" / "manifest.json").stat().st_mtime_ns
    assert told(out, shipped, verdicts()) == outcome
    assert (out / outcome.model / "account" / "manifest.json").stat().st_mtime_ns == stamp
    assert told(out, shipped, verdicts()[:-5]).model != outcome.model


def test_held_out_kinds_teach_nothing(outcome: Outcome, out: Path) -> None:
    """They are in the gate under their own name, and the manifest says so."""
    assert "held-out" in {check.dimension for check in outcome.gate.checks}
    assert open_model(out / outcome.model).manifest["held_out"] == ["held"]


def test_a_flipping_analyst_does_not_pass(out: Path, shipped: Setup) -> None:
    """Labels of one author that contradict those of others refuse the challenger."""
    flipped = [
        replace(one, label="benign" if one.label == "distillation" else "distillation")
        if one.author == "bo" and at % 8 == 1
        else one
        for at, one in enumerate(verdicts())
    ]
    refused = told(out, shipped, flipped).gate
    assert not refused.passed
    assert any(check.dimension == "labels" and check.name == "bo" for check in refused.refusals)


def test_mistaken_clearances_do_not_lift_the_bar(outcome: Outcome, out: Path, shipped: Setup) -> None:
    """Attackers that were called honest would be its highest honest scores, if it were set on them."""
    mistaken = [replace(one, label="benign") if at % 15 == 14 else one for at, one in enumerate(verdicts())]
    lifted = open_model(out / told(out, shipped, mistaken).model).raise_at
    assert lifted <= open_model(out / outcome.model).raise_at + 0.1


def test_distrusted_authors_teach_nothing(shipped: Setup) -> None:
    """Their labels are not even settled."""
    guards = Guards(distrusted=("bo",))
    taught = teach([WORLD], TRAFFIC, verdicts(), shipped.artefact, guards)
    assert {label.author for label in taught.settled.labels.values()} == {"ana"}


def test_nobody_teaches_more_than_their_cap(shipped: Setup) -> None:
    """An author with every label is cut to a tenth of the whole, and told."""
    labels = [replace(one, author="ana") for one in verdicts()]
    taught = teach([WORLD], TRAFFIC, labels, shipped.artefact, Guards())
    cut = [one for one in taught.cut if one.what == "author"]
    assert [one.name for one in cut] == ["ana"]
    assert cut[0].after == pytest.approx(0.1)


def test_what_the_champion_missed_is_a_kind_of_its_own(shipped: Setup) -> None:
    """Or hundreds of known accounts would drown it."""
    rows = teach([WORLD], TRAFFIC, verdicts(), shipped.artefact, Guards()).rows.examples.accounts
    assert MISSED in rows.kinds


def test_too_little_is_told(tmp_path: Path, shipped: Setup) -> None:
    """Without a campaign in each fold there is nothing to learn."""
    alone = make_rows(1, Cast(campaigns=("alpha-1",)))
    with pytest.raises(UnlearnableError, match="learn from larger worlds"):
        train(Inputs([alone], TESTED), shipped.artefact, SETTINGS, tmp_path, lambda _: None)


def test_what_is_written_can_be_read(outcome: Outcome, out: Path) -> None:
    """JSON, a card in Markdown and HTML, the model, and the frozen true positives."""
    write_outcome(out, outcome, date(2026, 4, 1))
    assert (out / FILE).read_text().startswith("{")
    markdown, page = (out / CARD).read_text(), (out / CARD_HTML).read_text()
    assert outcome.gate.challenger in markdown
    assert "| labels: ana |" in markdown
    assert "<svg" in page
    assert "<script" not in page
    assert open_model(out / CHALLENGER).model_id == outcome.gate.challenger


def test_true_positives_are_frozen(outcome: Outcome, out: Path, tmp_path: Path) -> None:
    """Accounts that were confirmed and that the champion caught are kept, beside those of before."""
    champion = open_model(out / outcome.model)
    said = {label.account_id: label for label in verdicts()}
    count = write_regression(tmp_path, Inputs([], TESTED, TRAFFIC), said, champion)
    frozen = load_rows(tmp_path / REGRESSION)
    assert count == len(frozen.names) > 20
    assert set(frozen.examples.accounts.labels.tolist()) == {DISTILLATION}
    again = Inputs([], TESTED, TRAFFIC, regression=frozen)
    assert write_regression(tmp_path, again, said, champion) >= count


def test_nothing_to_freeze_writes_nothing(outcome: Outcome, out: Path, tmp_path: Path) -> None:
    """Without traffic and without an earlier set there is no file."""
    assert write_regression(tmp_path, Inputs([], TESTED), {}, open_model(out / outcome.model)) == 0
    assert not (tmp_path / REGRESSION).exists()
