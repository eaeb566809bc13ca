from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.dataset import Examples, join
from models.weights import account_weights
from tests.models.conftest import make_world

if TYPE_CHECKING:
    from numpy.typing import NDArray

SPANS = st.tuples(st.integers(0, 60), st.integers(0, 60))
WORLDS = st.builds(make_world, st.integers(1, 12), st.integers(0, 5))


def marked(examples: Examples, first: int) -> Examples:
    """The same; every snapshot of a population has its own number of members, from `first` on."""
    populations = examples.populations
    return replace(
        examples, populations=replace(populations, members=np.arange(first, first + len(populations)))
    )


def shared(examples: Examples) -> list[list[int]]:
    """The marks of the populations that each account's snapshot has a part in."""
    rows = examples.accounts
    marks = examples.populations.members[rows.parts["population"]]
    return [some.tolist() for some in np.split(marks, np.cumsum(rows.part_counts))[:-1]]


def chosen_of(examples: Examples, data: st.DataObject) -> NDArray[np.bool_]:
    """Some of the accounts' snapshots."""
    n = len(examples.accounts)
    return np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)), dtype=bool)


@given(WORLDS, st.data())
def test_what_is_taken_keeps_its_parts(world: Examples, data: st.DataObject) -> None:
    """Each snapshot that is taken has a part in the populations that it had one in."""
    world = marked(world, 0)
    chosen = chosen_of(world, data)

    taken = world.take(chosen)

    assert shared(taken) == [marks for marks, kept in zip(shared(world), chosen, strict=True) if kept]


@given(st.lists(WORLDS, min_size=1, max_size=3))
def test_joined_worlds_keep_their_parts(worlds: list[Examples]) -> None:
    """Each snapshot has a part in the populations of its own world."""
    worlds = [marked(world, 1000 * at) for at, world in enumerate(worlds)]

    assert shared(join(worlds)) == [marks for world in worlds for marks in shared(world)]


@given(WORLDS)
def test_what_is_left_out_is_still_there_to_be_met(world: Examples) -> None:
    """Without a family its accounts are gone; its populations are where they were, and teach nothing."""
    world = marked(world, 0)
    left = world.accounts.kinds == "family-0"

    without = world.without(["family-0"])

    assert "family-0" not in without.accounts.kinds
    assert shared(without) == [marks for marks, gone in zip(shared(world), left, strict=True) if not gone]
    assert ((without.populations.importance == 0) == (world.populations.kinds == "family-0")).all()


def test_joined_worlds_stay_apart() -> None:
    """No account, population or group of one world is taken for one of another; a campaign stays one."""
    worlds = [make_world(12, seed=1), make_world(16, seed=2)]

    both = join(worlds)

    for one, first in (
        (both.accounts, worlds[0].accounts),
        (both.populations, worlds[0].populations),
    ):
        assert not set(one.groups[: len(first)]) & set(one.groups[len(first) :])
    n = len(worlds[0].accounts)
    assert not set(both.accounts.accounts[:n]) & set(both.accounts.accounts[n:])
    assert np.array_equal(both.accounts.vectors[n:], worlds[1].accounts.vectors, equal_nan=True)
    n = len(worlds[0].populations)
    assert not set(both.populations.populations[:n]) & set(both.populations.populations[n:])
    assert set(both.populations.groups) & set(both.accounts.groups)


def test_every_account_weighs_one() -> None:
    """Snapshots share the weight of their account."""
    rows = make_world(6, seed=1).accounts
    some = rows.take(np.arange(len(rows)) != 0)

    weights = some.weights()

    assert np.array_equal(np.bincount(some.accounts, weights), np.ones(6))
    assert weights[0] == 1


@pytest.mark.parametrize(
    ("of", "column"),
    [
        ("accounts", "vectors"),
        ("accounts", "labels"),
        ("accounts", "parts"),
        ("accounts", "kinds"),
        ("accounts", "groups"),
        ("populations", "vectors"),
        ("populations", "labels"),
        ("populations", "kinds"),
        ("populations", "groups"),
    ],
)
def test_the_digest_changes_with_what_teaches(of: str, column: str) -> None:
    """The digest in a manifest tells which rows a model was taught."""
    world = make_world(24, seed=1)
    rows = getattr(world, of)
    turned = replace(rows, **{column: getattr(rows, column)[::-1]})

    assert world.digest() == make_world(24, seed=1).digest()
    assert replace(world, **{of: turned}).digest() != world.digest()


@given(SPANS)
def test_a_span_is_what_lies_between_two_places(places: tuple[int, int]) -> None:
    """Column by column, with the parts of its snapshots and of no other."""
    rows = make_world(30, seed=1).accounts
    start, end = sorted(places)
    chosen = np.zeros(len(rows), dtype=np.bool_)
    chosen[start:end] = True

    span, taken = rows.span(start, end), rows.take(chosen)

    for column in fields(rows):
        np.testing.assert_array_equal(getattr(span, column.name), getattr(taken, column.name))


def test_bare_rows_weigh_the_same_without_features() -> None:
    """Weights need labels, kinds and accounts only, and some of the rows can be taken."""
    rows = make_world(30, seed=1).accounts

    bare = rows.bare()

    assert np.array_equal(account_weights(bare), account_weights(rows))
    assert len(bare.take(rows.final)) == rows.final.sum()
    assert bare.vectors.size == len(bare.parts) == 0
