from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from detector.dossier.weighing import odds, weighed
from features.population.vector import NAMES
from models.product import FACTORS, ProductScorer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detector.cli.compose import Setup
    from models.population import PopulationScorer


def campaign(**changes: float) -> NDArray[np.float64]:
    """Features of a wording that strangers share who do little else."""
    values = {
        "purpose_reasoning": 0.9,
        "dedication": 0.95,
        "single_turn_share": 1.0,
        "switch_share": 1.0,
        "content_novelty": 1.0,
        "shingle_novelty": 0.5,
        "orgs_each": 0.75,
        "payers_each": 1.0,
        "unevenness": 0.0,
        **changes,
    }
    row = np.full(len(NAMES), math.nan)
    for name, value in values.items():
        row[NAMES.index(name)] = value
    return row


@pytest.fixture
def scorer(shipped: Setup) -> PopulationScorer:
    """The default model's."""
    return shipped.artefact.populations


@pytest.mark.parametrize(
    ("logit", "said"),
    [
        (0.0, "1 to 1"),
        (math.log(2.5), "2.5 to 1"),
        (-math.log(24), "1 to 24"),
        (40.0, "over 1,000 to 1"),
        (-math.inf, "1 to over 1,000"),
    ],
)
def test_odds_are_said_as_people_say_them(logit: float, said: str) -> None:
    """A ratio, the likelier side first, and none that pretends to be exact."""
    assert odds(logit) == said


def test_a_wording_is_weighed_by_its_shares(scorer: PopulationScorer) -> None:
    """The share that takes most off the odds comes first, and who changes it changes what is said."""
    [said] = weighed(scorer, campaign(dedication=0.05)[None])
    [other] = weighed(scorer, campaign(purpose_reasoning=0.04)[None])
    assert "product of shares (5% of their requests members make here, " in said
    assert "product of shares (4% wording that elicits training data, " in other


def test_what_counts_nothing_is_not_said(scorer: PopulationScorer) -> None:
    """As many shares as have exponents."""
    [said] = weighed(scorer, campaign()[None])
    shares = said[said.index("(") + 1 : -1].split(", ")
    assert len(shares) == np.count_nonzero(scorer.product.exponents)


def test_every_factor_has_words(scorer: PopulationScorer) -> None:
    """Also those that the default model does without."""
    all_count = type(scorer)(scorer.view, ProductScorer(np.ones(len(FACTORS)), 0.0))
    [said] = weighed(all_count, campaign()[None])
    assert len(said[said.index("(") + 1 : -1].split(", ")) == len(FACTORS)


def test_what_is_said_is_the_odds_that_count(scorer: PopulationScorer) -> None:
    """The first of the three is what accounts inherit."""
    rows = np.stack([campaign(), campaign(dedication=0.1)])
    for said, logit in zip(weighed(scorer, rows), scorer.logits(rows)[0], strict=True):
        assert said.startswith(f"taken for a campaign's at odds of {odds(float(logit))}: ")


def test_what_is_not_known_is_not_said_to_be_measured(scorer: PopulationScorer) -> None:
    """A log without organisations says nothing of them, and a share that is small is as small as it is."""
    [said] = weighed(scorer, campaign(orgs_each=math.nan, dedication=0.003)[None])
    assert "unknown: as many organisations as members" in said
    assert "0% of their requests members make here" in said
