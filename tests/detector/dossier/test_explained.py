from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
from rich.console import Console

from detector.cli.replay import replay_to
from detector.dossier.accounts import account_dossiers
from detector.dossier.bodies import packed, unpacked
from detector.dossier.records import AccountDossier
from detector.engine import Model
from detector.report.explanation import explain_accounts
from detector.report.findings import Findings
from models.scorer import sigmoid
from tests.support.logs import make_log, write_log

if TYPE_CHECKING:
    from pathlib import Path

    from detector.cli.compose import Setup


@pytest.fixture(scope="module")
def explained(
    shipped: Setup, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Findings, dict[str, AccountDossier]]:
    """Findings of a small log, and dossiers of all its accounts at the end."""
    place: Path = tmp_path_factory.mktemp("explained")
    log = write_log(place / "log.jsonl", make_log(5))
    _, outcome = replay_to([log], place / "out", shipped, Console(file=io.StringIO()))
    accounts = np.arange(len(outcome.engine.verdicts))
    found = account_dossiers(
        outcome.engine,
        Model.of(shipped.artefact),
        outcome.engine.view(outcome.end),
        accounts,
        np.zeros_like(accounts),
        outcome.end,
    )
    return Findings.read(place / "out"), {one.account_id: one for one in found}


def test_a_dossier_says_what_explain_says(
    shipped: Setup, explained: tuple[Findings, dict[str, AccountDossier]]
) -> None:
    """The same features in the same order, with the same weights, values and quantiles of the cohort."""
    findings, dossiers = explained
    told = explain_accounts(findings, shipped.artefact, list(dossiers))
    for name, explanation in told.items():
        said = [part.to_json() for part in explanation.contributions]
        shown = dossiers[name].features
        assert [part["feature"] for part in said] == [one.feature for one in shown]
        assert [part["value"] for part in said] == pytest.approx([one.value for one in shown], abs=2e-6)
        usual = [value for part in said for value in part["usual"].values()]
        quantiles = [value for one in shown for value in (one.low, one.middle, one.high)]
        assert usual == pytest.approx(quantiles, abs=2e-6)
        weights = [part.weight for part in explanation.contributions]
        assert weights == pytest.approx([one.weight for one in shown], abs=1e-12)
        assert dossiers[name].rest == pytest.approx(explanation.rest, abs=1e-12)


def test_the_weights_add_up_to_the_score(explained: tuple[Findings, dict[str, AccountDossier]]) -> None:
    """To the logit of the score that it shows, which at the end is the one that the replay wrote."""
    findings, dossiers = explained
    for name, one in dossiers.items():
        logit = one.rest + sum(part.weight for part in one.features)
        assert float(sigmoid(np.array(logit))) == pytest.approx(one.score, abs=1e-9)
        assert one.score == pytest.approx(float(findings.verdict(name)["score"]), abs=2e-3)


def test_what_speaks_against_it_is_what_lowers_the_score(
    explained: tuple[Findings, dict[str, AccountDossier]],
) -> None:
    """In the order of the weights, with the honest causes of what raises it after them."""
    for one in explained[1].values():
        lowering = [part.feature for part in one.features if part.weight < 0]
        raising = [f"honest_{part.feature}" for part in one.features if part.weight > 0]
        codes = [pointer.code for pointer in one.against]
        assert codes == [*lowering[:5], *raising[:3]]
        assert all(pointer.detail for pointer in one.against)


def test_a_dossier_survives_its_bytes(explained: tuple[Findings, dict[str, AccountDossier]]) -> None:
    """In a few thousand bytes, for there may be many."""
    for one in explained[1].values():
        assert unpacked(packed(one), AccountDossier) == one
        assert len(packed(one)) < 6000
