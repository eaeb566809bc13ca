from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from models.scorer import BENIGN, DISTILLATION
from models.weights import account_weights, population_weights

if TYPE_CHECKING:
    from models.dataset import Examples


def test_every_attack_family_weighs_the_same(world: Examples) -> None:
    """A family of three accounts teaches as much as one of three hundred."""
    rows = world.accounts
    few = rows.take((rows.kinds != "family-1") | (rows.accounts < 40))

    weights = account_weights(few)

    sums = [weights[few.kinds == family].sum() for family in ("family-0", "family-1")]
    assert np.isclose(sums[0], sums[1])
    assert (weights[few.labels != DISTILLATION] == 0.5).all()


def test_every_campaign_of_a_family_weighs_the_same_in_populations(world: Examples) -> None:
    """A campaign of many wordings teaches as much as one of few, and a family as much as any other."""
    rows = world.populations
    merged = np.where(np.isin(rows.groups, ["group-0", "group-2"]), "group-0", rows.groups)
    rows = replace(rows, groups=merged)

    weights = population_weights(rows)

    attack = rows.labels == DISTILLATION
    for family in ("family-0", "family-1"):
        campaigns = np.unique(rows.groups[attack & (rows.kinds == family)])
        sums = [weights[attack & (rows.groups == name)].sum() for name in campaigns]
        assert np.allclose(sums, sums[0])
    families = [weights[attack & (rows.kinds == name)].sum() for name in ("family-0", "family-1")]
    assert np.isclose(*families)


def test_a_population_weighs_the_root_of_its_members(world: Examples) -> None:
    """Snapshots of an honest population share its weight, by how many were in it."""
    rows = world.populations

    weights = population_weights(rows)

    honest = rows.labels == BENIGN
    assert np.allclose(weights[honest], np.sqrt(rows.members[honest]) / 2)


def test_a_kind_left_out_weighs_nothing(world: Examples) -> None:
    """Its populations teach nothing, and the other families weigh what they did."""
    rows = world.populations

    weights = population_weights(rows.without(["family-1"]))

    left = rows.kinds == "family-1"
    assert (weights[left] == 0).all()
    assert np.allclose(weights[~left], population_weights(rows)[~left])
