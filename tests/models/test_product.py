from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.population.vector import NAMES
from models.product import FACTORS, ProductScorer, fit_product, silent

PURPOSES = ("purpose_reasoning", "purpose_judging", "purpose_synthesis", "purpose_rewriting")
SHARES = ("dedication", "single_turn_share", "switch_share", "content_novelty", "shingle_novelty")
USED = (*PURPOSES, *SHARES, "orgs_each", "payers_each", "unevenness")
VALUES = st.lists(
    st.one_of(st.floats(0.0, 3.0), st.just(math.nan)), min_size=len(USED), max_size=len(USED)
).map(lambda values: dict(zip(USED, values, strict=True)))
EXPONENTS = st.lists(st.floats(0.0, 3.0), min_size=len(FACTORS), max_size=len(FACTORS))


def vector(values: dict[str, float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """A population's, of which only `values` matter."""
    row = np.full(len(NAMES), math.nan)
    for name, value in values.items():
        row[NAMES.index(name)] = value
    return row


def told(values: dict[str, float], exponents: list[float], offset: float) -> float:
    """The log-odds, by the words of the module."""

    def share(name: str, unknown: float) -> float:
        value = values.get(name, math.nan)
        return unknown if math.isnan(value) else value

    found = [max(share(name, 0.0) for name in PURPOSES)]
    found += [share(name, 0.0) for name in SHARES]
    found += [share("orgs_each", 1.0), share("payers_each", 1.0), 1.0 - share("unevenness", 1.0)]
    odds = math.exp(offset)
    for exponent, factor in zip(exponents, found, strict=True):
        odds *= min(max(factor, 0.02), 1.0) ** exponent
    return math.log(odds)


@given(st.lists(VALUES, min_size=1, max_size=9), EXPONENTS, st.floats(-5.0, 5.0))
def test_odds_are_a_product(rows: list[dict[str, float]], exponents: list[float], offset: float) -> None:
    """Of shares to their exponents; and a row's are the same in any batch."""
    scorer = ProductScorer(np.array(exponents), offset)
    vectors = np.array([vector(values) for values in rows])
    logits = scorer.logits(vectors)
    assert logits == pytest.approx([told(values, exponents, offset) for values in rows])
    assert [scorer.logits(one[None])[0] for one in vectors] == logits.tolist()


def test_a_silent_one_adds_nothing_to_odds() -> None:
    """Its odds are zero."""
    assert silent().logits(np.zeros((2, len(NAMES)))).tolist() == [-math.inf, -math.inf]


def test_a_fit_tells_the_conjunction_from_its_parts() -> None:
    """Of wordings that have each factor with even odds, those are attacks that have all that count."""
    rng = np.random.default_rng(4)
    kept = rng.random((4000, 3)) < 0.5
    rows = np.array(
        [
            vector(
                {"purpose_reasoning": 1.0 if a else 0.0, "dedication": 1.0 if b else 0.1, "switch_share": c}
            )
            for a, b, c in kept
        ]
    )
    attack = kept[:, 0] & kept[:, 1]
    scorer = fit_product(rows, attack, np.ones(len(rows)))
    logits = scorer.logits(rows)
    assert logits[attack].min() > 0 > logits[~attack].max()
    assert (scorer.exponents >= 0).all()
    assert scorer.exponents[FACTORS.index("purpose")] > 0.5 < scorer.exponents[FACTORS.index("dedication")]


def test_nothing_counts_against_a_campaign() -> None:
    """A factor that honest wordings have more of gets no exponent."""
    rng = np.random.default_rng(5)
    attack = rng.random(2000) < 0.5
    rows = np.array(
        [vector({"dedication": 1.0, "switch_share": rng.random() * (0.3 if one else 1.0)}) for one in attack]
    )
    exponents = fit_product(rows, attack, np.ones(len(rows))).exponents
    assert exponents[FACTORS.index("switch_share")] == 0.0


def test_heavier_rows_pull_and_the_unit_of_weights_does_not() -> None:
    """Attacks that weigh more raise all log-odds; ten times all weights change none."""
    rng = np.random.default_rng(6)
    rows = np.array([vector({"purpose_judging": rng.random()}) for _ in range(500)])
    attack = rows[:, NAMES.index("purpose_judging")] > rng.random(500)
    even, heavy = np.ones(500), np.where(attack, 3.0, 1.0)
    logits = fit_product(rows, attack, even).logits(rows)
    assert (fit_product(rows, attack, heavy).logits(rows) > logits).all()
    assert fit_product(rows, attack, 10 * even).logits(rows).tolist() == logits.tolist()
