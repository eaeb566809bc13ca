"""A small world of synthetic accounts that share words, and a detector fitted to it once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from features.account.vector import FEATURES, NAMES
from features.population.attachment import PART
from features.population.layout import WORDS
from features.population.vector import NAMES as POPULATION_NAMES
from models.accounts import Columns
from models.boosting import Boosting
from models.dataset import Examples, PopulationSet, TrainingSet
from models.fit import FitSettings, Fitted, fit
from models.scorer import BENIGN, DISTILLATION, RELAY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

EVIDENCE = np.flatnonzero([feature.is_evidence for feature in FEATURES])
COLUMNS = Columns(np.arange(len(FEATURES)), EVIDENCE)
_FEW = Boosting(trees=12, leaves=4, rate=0.3, smallest_leaf=20)
SMALL = FitSettings(accounts=_FEW, populations=_FEW, fusion=_FEW, budget=0.01)

_TOLD = {
    "wrapper_share": (0.2, 0.3, 0.6),
    "output_length": (0.3, 0.4, 0.6),
    "foreign_history_share": (0.3, 0.7, 0.4),
    "volume": (0.2, 0.5, 0.9),
    "networks": (0.1, 0.6, 0.9),
}
"""Where a feature's range the three classes lie; the other features say nothing."""
_TOLD_TOGETHER = {"dedication": (0.2, 0.4, 0.7), "head_variety": (0.8, 0.5, 0.3)}
"""The same of populations."""
_CAMPAIGN = 8
"""Accounts of which two are a campaign."""


def make_world(accounts: int, seed: int) -> Examples:
    """Two snapshots of each account, its labels in turn, a tenth of all values missing.

    Two of every eight accounts are a campaign with a wording of its own; others stumble on it. There are as
    many honest wordings. The first snapshots of accounts have parts in the first ones of populations.
    """
    random = np.random.default_rng(seed)
    account = np.repeat(np.arange(accounts), 2)
    labels = np.array([BENIGN, BENIGN, RELAY, DISTILLATION])[account % 4]
    groups = account // _CAMPAIGN
    counts = random.integers(0, 3, len(account))
    return Examples(
        TrainingSet(
            _vectors(random, labels, NAMES, _TOLD),
            np.tile([4, 16], accounts),
            labels,
            account,
            np.tile([False, True], accounts),
            np.where(labels == DISTILLATION, _family(groups), "honest"),
            np.char.add("group-", groups.astype(str)),
            np.ones(len(account)),
            counts,
            _parts(random, np.repeat(np.arange(len(account)), counts), labels, groups),
        ),
        _make_populations(random, int(groups.max(initial=-1)) + 1),
    )


def _make_populations(random: np.random.Generator, campaigns: int) -> PopulationSet:
    """Two snapshots of each wording: those of campaigns, and as many honest ones, in turn."""
    population = np.repeat(np.arange(2 * campaigns), 2)
    campaign, hostile = population // 2, population % 2 == 0
    labels = np.where(hostile, DISTILLATION, np.where(campaign % 3 == 0, RELAY, BENIGN))
    return PopulationSet(
        _vectors(random, labels, POPULATION_NAMES, _TOLD_TOGETHER),
        labels,
        population,
        np.tile([9, 40], 2 * campaigns),
        np.where(hostile, _family(campaign), "honest"),
        np.where(
            hostile, np.char.add("group-", campaign.astype(str)), np.char.add("own-", population.astype(str))
        ),
        np.ones(len(population)),
    )


def _family(campaign: NDArray[np.int64]) -> NDArray[np.str_]:
    return np.char.add("family-", (campaign % 2).astype(str))


def _vectors(
    random: np.random.Generator,
    labels: NDArray[np.int64],
    names: tuple[str, ...],
    told: dict[str, tuple[float, float, float]],
) -> NDArray[np.float64]:
    vectors = random.random((len(labels), len(names)))
    for name, centres in told.items():
        vectors[:, names.index(name)] = random.normal(np.array(centres)[labels], 0.12)
    # Few distinct values: scikit-learn bins many by weighted percentiles, which takes seconds.
    vectors = vectors.round(2)
    vectors[random.random(vectors.shape) < 0.1] = np.nan
    return vectors


def _parts(
    random: np.random.Generator,
    snapshot: NDArray[np.int64],
    labels: NDArray[np.int64],
    groups: NDArray[np.int64],
) -> NDArray[np.void]:
    """A part of each `snapshot`: of attackers in their campaign's wording, of others mostly elsewhere."""
    hostile = labels[snapshot] == DISTILLATION
    elsewhere = random.random(len(snapshot)) < np.where(hostile, 0.2, 0.9)
    parts: NDArray[np.void] = np.zeros(len(snapshot), dtype=PART)
    # four snapshots for each campaign: two of its own wording, two of an honest one
    parts["population"] = 4 * groups[snapshot] + 2 * elsewhere + snapshot % 2
    parts["kind"] = random.choice(WORDS, len(snapshot))
    parts["count"] = random.integers(1, 9, len(snapshot))
    parts["members"] = random.integers(3, 30, len(snapshot))
    parts["share"] = np.where(hostile, 0.8, 0.2) * random.random(len(snapshot))
    parts["relative"] = random.random(len(snapshot)) * 2
    return parts


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """Small fits on one thread: on a busy machine several spend their time waiting for each other."""
    with threadpool_limits(limits=1):
        yield


@pytest.fixture(scope="session")
def world() -> Examples:
    """Synthetic rows of every class."""
    return make_world(400, seed=1)


@pytest.fixture(scope="session")
def fitted(world: Examples) -> Fitted:
    """A small detector of that world."""
    return fit(world, COLUMNS, SMALL)


def vectors_of(world: Examples, fitted: Fitted) -> NDArray[np.float64]:
    """What was scored out of fold: own features and attachment, shape (n, features)."""
    return np.concatenate([world.accounts.vectors, fitted.attachment], axis=1)
