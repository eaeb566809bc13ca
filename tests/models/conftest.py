"""A small world of synthetic account rows, and a scorer fitted to it once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from features.account.vector import FEATURES, NAMES
from models.dataset import TrainingSet
from models.fit import Columns, FitSettings, Fitted, fit
from models.scorer import BENIGN, DISTILLATION, RELAY

if TYPE_CHECKING:
    from collections.abc import Iterator

EVIDENCE = np.flatnonzero([feature.is_evidence for feature in FEATURES])
COLUMNS = Columns(np.arange(len(FEATURES)), EVIDENCE)
SMALL = FitSettings(trees=12, leaves=4, rate=0.3, budget=0.01)

_TOLD = {
    "wrapper_share": (0.2, 0.3, 0.6),
    "output_length": (0.3, 0.4, 0.6),
    "foreign_history_share": (0.3, 0.7, 0.4),
    "volume": (0.2, 0.5, 0.9),
    "networks": (0.1, 0.6, 0.9),
}
"""Where a feature's range the three classes lie; the other features say nothing."""


def make_world(accounts: int, seed: int) -> TrainingSet:
    """Two snapshots of each account, its labels in turn, a tenth of all values missing."""
    random = np.random.default_rng(seed)
    n = 2 * accounts
    account = np.repeat(np.arange(accounts), 2)
    labels = np.array([BENIGN, BENIGN, RELAY, DISTILLATION])[account % 4]
    vectors = random.random((n, len(FEATURES)))
    for name, centres in _TOLD.items():
        vectors[:, NAMES.index(name)] = random.normal(np.array(centres)[labels], 0.12)
    # Few distinct values: scikit-learn bins many by weighted percentiles, which takes seconds.
    vectors = vectors.round(2)
    vectors[random.random(vectors.shape) < 0.1] = np.nan
    kinds = np.where(labels == DISTILLATION, np.char.add("family-", (account // 4 % 2).astype(str)), "honest")
    groups = np.char.add("group-", (account // 8).astype(str))
    events = np.tile([4, 16], accounts)
    return TrainingSet(
        vectors,
        events,
        labels,
        account,
        np.tile([False, True], accounts),
        kinds,
        groups,
        np.ones(len(vectors)),
    )


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """Small fits on one thread: on a busy machine several spend their time waiting for each other."""
    with threadpool_limits(limits=1):
        yield


@pytest.fixture(scope="session")
def world() -> TrainingSet:
    """Synthetic rows of every class."""
    return make_world(400, seed=1)


@pytest.fixture(scope="session")
def fitted(world: TrainingSet) -> Fitted:
    """A small scorer of that world."""
    return fit(world, COLUMNS, SMALL)
