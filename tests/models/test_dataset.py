from __future__ import annotations

from dataclasses import replace

import numpy as np

from models.dataset import join
from tests.models.conftest import make_world


def test_joined_worlds_stay_apart() -> None:
    """No account and no group of one world is taken for one of another."""
    first, second = make_world(5, seed=1), make_world(7, seed=2)

    both = join([first, second])

    assert len(both) == len(first) + len(second)
    assert not set(both.accounts[: len(first)]) & set(both.accounts[len(first) :])
    assert not set(both.groups[: len(first)]) & set(both.groups[len(first) :])
    assert np.array_equal(both.vectors[len(first) :], second.vectors, equal_nan=True)


def test_every_account_weighs_one() -> None:
    """Snapshots share the weight of their account."""
    rows = make_world(6, seed=1)
    some = rows.take(np.arange(len(rows)) != 0)

    weights = some.weights()

    assert np.array_equal(np.bincount(some.accounts, weights), np.ones(6))
    assert weights[0] == 1


def test_the_digest_changes_with_a_label_and_with_a_value() -> None:
    """The digest in a manifest tells which rows a model was taught."""
    rows = make_world(3, seed=1)
    relabelled = replace(rows, labels=rows.labels + (np.arange(len(rows)) == 0))

    assert rows.digest() == make_world(3, seed=1).digest()
    assert len({rows.digest(), relabelled.digest(), make_world(3, seed=2).digest()}) == 3
