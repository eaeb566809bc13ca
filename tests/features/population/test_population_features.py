from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.account.vector import NAMES as ACCOUNT_NAMES
from features.account.vector import catalogue_version as account_version
from features.account.vector import vectors as account_vectors
from features.population.vector import FEATURES, NAMES, catalogue_version, vectors
from tests.features.account.streams import DAY, START, Stream, make_stream
from tests.features.population.plain_features import shared_features
from tests.features.population.population_streams import STREAMS, Drawn, Folded


def _everybody(folded: Folded) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return vectors(folded.words, folded.rows, np.arange(len(folded.words)))


@given(STREAMS)
def test_features_equal_a_plain_reference(stream: Stream) -> None:
    """Every feature of several accounts together, by its name, within 1e-9; the rest are an account's."""
    folded = Folded()
    folded.fold(stream)
    found = _everybody(folded)

    totals = folded.rows["total"].tolist()
    alone = account_vectors(folded.words.states, np.arange(len(folded.words)))
    assert np.array_equal(found[:, : len(ACCOUNT_NAMES)], alone, equal_nan=True)
    for at, one in enumerate(folded.plain_words.rows):
        expected = shared_features(one, totals)
        assert set(expected) == set(NAMES[len(ACCOUNT_NAMES) :])
        for name, value in expected.items():
            got = found[at, NAMES.index(name)]
            same = math.isclose(got, value, rel_tol=1e-9, abs_tol=1e-7)
            assert same or (math.isnan(got) and math.isnan(value)), name


@settings(max_examples=60)
@given(STREAMS, STREAMS, st.integers(-2, 8))
def test_features_stay_within_their_declared_range(before: Stream, after: Stream, day: int) -> None:
    """Every known value lies between its entry's low and high, also after members were forgotten."""
    folded = Folded()
    folded.fold(before)
    folded.forget(START // DAY + day)
    folded.fold(after)

    _assert_in_range(folded)


def test_a_population_of_one_busy_account_and_a_crowd_is_within_range() -> None:
    """The range holds where one of thousands of members does nearly all, over ever new networks."""
    crowd: list[Drawn] = [(account, 1, 0, {}, {"user_turns": 1, "head": 1}) for account in range(3000)]
    busy: list[Drawn] = [
        (0, 1, 0, {"ip_net": 7919 * at}, {"user_turns": 1, "head": 1}) for at in range(1, 5000)
    ]
    folded = Folded(accounts=3000)
    folded.fold(make_stream([*crowd, *busy]))

    _assert_in_range(folded)
    assert _everybody(folded)[0, NAMES.index("unevenness")] > 30


def _assert_in_range(folded: Folded) -> None:
    found = _everybody(folded)
    low = np.array([feature.low for feature in FEATURES])
    high = np.array([feature.high for feature in FEATURES])
    outside = (found < low - 1e-9) | (found > high + 1e-9)
    assert [NAMES[column] for _, column in np.argwhere(outside)] == []


def test_everybody_once_in_turn_has_no_distance() -> None:
    """Accounts used least recently first are as many requests apart as there are members."""
    turns: list[Drawn] = [(at % 8, 1000, 0, {}, {"user_turns": 1, "head": 1}) for at in range(800)]
    folded = Folded(accounts=8)
    folded.fold(make_stream(turns))

    found = dict(zip(NAMES, _everybody(folded)[0].tolist(), strict=True))
    assert abs(found["turn_distance"]) < 0.01
    assert found["turn_spread"] < 0.01
    assert found["switch_share"] == 1
    assert found["unevenness"] == 0


def test_infrastructure_has_no_features() -> None:
    """A table that does not count requests says so."""
    folded = Folded()
    folded.fold(make_stream([(account, 1, 0, {"payment": 5}, None) for account in range(3)]))

    assert len(folded.means) == 1
    with pytest.raises(ValueError, match="counted=True"):
        vectors(folded.means, folded.rows, np.arange(1))


def test_every_feature_of_a_population_says_what_it_is() -> None:
    """Each entry has its own name, a range, and sentences for its meaning, cause and honest confounder."""
    assert len(set(NAMES)) == len(NAMES)
    for feature in FEATURES:
        assert re.fullmatch(r"[a-z_]+", feature.name)
        assert feature.low < feature.high
        for said in (feature.meaning, feature.cause, feature.confounder):
            assert re.fullmatch(r"[A-Z(].*\.", said.replace("pass@k", "Pass@k")), feature.name


def test_no_feature_of_a_population_knows_a_country_or_a_verdict() -> None:
    """No feature is about a country, and none about bans or refused access, which are earlier verdicts."""
    assert not [n for n in NAMES if re.search(r"country|nation|language|locale|ban|forbidden|denied", n)]


def test_the_catalogue_of_populations_has_a_version_of_its_own() -> None:
    """The version goes into manifests, so it is the same at every call, and not the accounts'."""
    assert re.fullmatch(r"[0-9a-f]{12}", catalogue_version())
    assert catalogue_version() == catalogue_version() != account_version()
