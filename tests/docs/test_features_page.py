from __future__ import annotations

import re

from features.population import features as joint
from features.population.vector import NAMES as OF_POPULATIONS
from features.scored import NAMES as OF_ACCOUNTS
from features.scored import catalogue_version
from tools.feature_table import render


def test_the_page_lists_every_feature_once() -> None:
    """What is scored of accounts and of populations has one row each, with a cell for every column."""
    rows = [line for line in render().splitlines() if line.startswith("| `")]
    named = [re.findall(r"`([a-z_]+)`", row)[0] for row in rows]

    assert sorted(named) == sorted({*OF_ACCOUNTS, *OF_POPULATIONS})
    assert {row.count("|") for row in rows} == {7, 8}


def test_the_features_of_populations_have_a_table_of_their_own() -> None:
    """They follow the account's, in the order of the vector, each with its group."""
    below = render().split("\n## Populations", 1)[1]
    rows = [line.split(" | ") for line in below.splitlines() if line.startswith("| `")]

    assert [row[0].strip("|` ") for row in rows] == [feature.name for feature in joint.FEATURES]
    assert [row[-1].strip("| ") for row in rows] == [feature.group for feature in joint.FEATURES]


def test_the_page_names_the_version_that_models_are_bound_to() -> None:
    """A reader can tell by the version whether a model fits this catalogue."""
    assert f"`{catalogue_version()}`" in render()
