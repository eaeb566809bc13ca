from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from detector.defaults import DEFAULT_MODEL
from detector.evaluate.experiments import cached_world, leave_one_out
from detector.truth import WorldError
from detector.worlds import read_world
from features.account.vector import NAMES
from features.text.purposes import PurposeWeights
from models.scorer import BENIGN, DISTILLATION
from tests.models.conftest import SMALL, make_world
from tests.support.logs import Shape, make_log
from tests.support.worlds import write_world

if TYPE_CHECKING:
    from pathlib import Path

    from detector.evaluate.results import LeftOut
    from models.dataset import Examples

TOLD = ("wrapper_share", "output_length", "foreign_history_share", "volume", "networks")
"""What tells the classes of `make_world` apart."""


@pytest.fixture(scope="module")
def world() -> Examples:
    """Two families, of which one looks like nothing else, and two honest archetypes, likewise.

    Nobody shares words, so that accounts are told by themselves.
    """
    made = make_world(1200, seed=3)
    rows = made.accounts
    vectors, kinds = rows.vectors.copy(), rows.kinds.astype("<U20")
    honest = rows.labels == BENIGN
    kinds[honest] = np.where(rows.accounts[honest] // 4 % 4 == 0, "odd", "usual")
    kinds[kinds == "family-1"] = "alone"
    for name in TOLD:
        column = vectors[:, NAMES.index(name)]
        column[kinds == "alone"] = column[kinds == "usual"][: (kinds == "alone").sum()]
        column[kinds == "odd"] = column[kinds == "family-0"][: (kinds == "odd").sum()]
    mark, excuse = NAMES.index("logprob_share"), NAMES.index("tooled_share")
    vectors[:, mark] = kinds == "alone"
    vectors[:, excuse] = kinds == "odd"
    none = np.zeros(len(rows), dtype=np.int64)
    told = replace(rows, vectors=vectors, kinds=kinds, part_counts=none, parts=rows.parts[:0])
    return replace(made, accounts=told)


@pytest.fixture(scope="module")
def found(world: Examples) -> dict[str, LeftOut]:
    """What leaving each kind out did."""
    return {left.name: left for left in leave_one_out(world, SMALL)}


def test_a_family_like_no_other_is_lost_when_left_out(found: dict[str, LeftOut]) -> None:
    """What is told by one feature that nobody else moves is found only by those who learnt it."""
    assert found["alone"].above_cut_known.value > 0.9
    assert found["alone"].alerted_known.value > 0.9
    assert found["alone"].above_cut.value < 0.1
    assert found["alone"].alerted.value < 0.1


def test_an_archetype_like_an_attack_is_alerted_when_left_out(found: dict[str, LeftOut]) -> None:
    """Honest accounts with a good excuse are spared only by those who learnt the excuse."""
    assert found["odd"].kind == "archetype"
    assert found["odd"].above_cut_known.value < 0.05
    assert found["odd"].above_cut.value > 0.2


def test_every_kind_is_left_out_with_all_of_its_accounts(world: Examples, found: dict[str, LeftOut]) -> None:
    """Each rate counts each account of its kind once."""
    rows = world.accounts
    for name, left in found.items():
        accounts = len(np.unique(rows.accounts[rows.kinds == name]))
        rates = (left.above_cut, left.above_cut_known, left.alerted, left.alerted_known)
        assert [rate.n for rate in rates] == [accounts] * 4
    assert {name: left.kind for name, left in found.items()} == {
        "alone": "family", "family-0": "family", "odd": "archetype", "usual": "archetype",
    }  # fmt: skip


def test_a_family_left_out_is_met_among_populations() -> None:
    """Populations of a family that never taught are scored: who shares their words is found by them."""
    world = make_world(400, seed=4)

    left = {one.name: one for one in leave_one_out(world, SMALL)}

    assert left["family-0"].above_cut.value > 0.5
    assert left["family-0"].above_cut_known.value >= left["family-0"].above_cut.value - 0.1


def test_the_only_kind_of_a_class_stays() -> None:
    """With one family and one archetype there is nothing that can be left out, and one fit is made."""
    world = make_world(400, seed=1)
    alike = np.where(world.accounts.labels == DISTILLATION, "family", "honest")
    world = replace(world, accounts=replace(world.accounts, kinds=alike))
    steps: list[tuple[str, int, int]] = []

    left = leave_one_out(world, SMALL, lambda *step: steps.append(step))

    assert left == ()
    assert steps == [("everything in training", 1, 1)]


def test_rows_of_a_world_are_kept_until_it_changes(tmp_path: Path) -> None:
    """The same world is read from the cache, bit for bit; another truth makes other rows."""
    log, cache = make_log(5, Shape(honest=4, harvesting=2, requests=4)), tmp_path / "cache"
    world = write_world(tmp_path / "world", log, family="bulk")
    weights = PurposeWeights.load(DEFAULT_MODEL / "text")
    first = cached_world(world, weights, cache)

    again = cached_world(world, weights, cache)

    assert again.digest() == first.digest() == read_world(world, weights).digest()
    assert len(again.accounts.parts)
    assert len(list(cache.iterdir())) == 1
    write_world(world, log, family="other")
    assert set(cached_world(world, weights, cache).accounts.kinds) == {"other", "chat"}


def test_a_folder_without_logs_is_no_world(tmp_path: Path) -> None:
    """The message names the folder and what it lacks."""
    with pytest.raises(WorldError, match=r"holds no events\* file"):
        cached_world(tmp_path, PurposeWeights.empty(), tmp_path / "cache")
