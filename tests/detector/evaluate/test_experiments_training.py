from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.defaults import DEFAULT_MODEL
from detector.evaluate.experiments import cached_world, leave_one_out
from detector.worlds import WorldError, read_world
from features.account.vector import NAMES
from features.text.purposes import PurposeWeights
from models.coarse import coarsened
from models.fit import FitSettings
from models.scorer import BENIGN, DISTILLATION
from tests.models.conftest import make_world
from tests.support.logs import Shape, make_log, write_log

if TYPE_CHECKING:
    from pathlib import Path

    from detector.evaluate.results import LeftOut
    from models.dataset import TrainingSet

SMALL = FitSettings(trees=12, leaves=4, rate=0.3, budget=0.01)
TOLD = ("wrapper_share", "output_length", "foreign_history_share", "volume", "networks")
"""What tells the classes of `make_world` apart."""


@pytest.fixture(scope="module")
def rows() -> TrainingSet:
    """Two families, of which one looks like nothing else, and two honest archetypes, likewise."""
    world = make_world(1200, seed=3)
    vectors, kinds = world.vectors.copy(), world.kinds.astype("<U20")
    honest = world.labels == BENIGN
    kinds[honest] = np.where(world.accounts[honest] // 4 % 4 == 0, "odd", "usual")
    kinds[kinds == "family-1"] = "alone"
    for name in TOLD:
        column = vectors[:, NAMES.index(name)]
        column[kinds == "alone"] = column[kinds == "usual"][: (kinds == "alone").sum()]
        column[kinds == "odd"] = column[kinds == "family-0"][: (kinds == "odd").sum()]
    mark, excuse = NAMES.index("logprob_share"), NAMES.index("tooled_share")
    vectors[:, mark] = kinds == "alone"
    vectors[:, excuse] = kinds == "odd"
    return replace(world, vectors=vectors, kinds=kinds)


@pytest.fixture(scope="module")
def found(rows: TrainingSet) -> dict[str, LeftOut]:
    """What leaving each kind out did."""
    return {left.name: left for left in leave_one_out(rows, SMALL)}


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


def test_every_kind_is_left_out_with_all_of_its_accounts(
    rows: TrainingSet, found: dict[str, LeftOut]
) -> None:
    """Each rate counts each account of its kind once."""
    for name, left in found.items():
        accounts = len(np.unique(rows.accounts[rows.kinds == name]))
        rates = (left.above_cut, left.above_cut_known, left.alerted, left.alerted_known)
        assert [rate.n for rate in rates] == [accounts] * 4
    assert {name: left.kind for name, left in found.items()} == {
        "alone": "family", "family-0": "family", "odd": "archetype", "usual": "archetype",
    }  # fmt: skip


def test_the_only_kind_of_a_class_stays() -> None:
    """With one family and one archetype there is nothing that can be left out, and one fit is made."""
    world = make_world(200, seed=1)
    alike = np.where(world.labels == DISTILLATION, "family", "honest")
    steps: list[tuple[str, int, int]] = []

    left = leave_one_out(replace(world, kinds=alike), SMALL, lambda *step: steps.append(step))

    assert left == ()
    assert steps == [("everything in training", 1, 1)]


@given(
    st.lists(st.floats(-1e6, 1e6) | st.just(np.nan), min_size=4, max_size=60),
    st.integers(2, 12),
)
def test_rounding_keeps_order_and_gaps(values: list[float], levels: int) -> None:
    """Rounded values are in the same order, come in no more levels than asked, and miss where they missed."""
    world = make_world(len(values), seed=0)
    column = np.repeat(values, 2)
    vectors = np.tile(column[:, None], (1, len(NAMES)))

    rounded = coarsened(replace(world, vectors=vectors), levels).vectors[:, 0]

    missing = np.isnan(column)
    assert np.array_equal(np.isnan(rounded), missing)
    told, order = rounded[~missing], np.argsort(column[~missing], kind="stable")
    assert len(np.unique(told)) <= levels
    assert (np.diff(told[order]) >= 0).all()


def test_rounding_leaves_few_levels_alone(rows: TrainingSet) -> None:
    """Values that already come in few levels are not moved."""
    assert np.array_equal(coarsened(rows).vectors, rows.vectors, equal_nan=True)


def test_rows_of_a_world_are_kept_until_it_changes(tmp_path: Path) -> None:
    """The same world is read from the cache, bit for bit; another truth makes other rows."""
    world, cache = tmp_path / "world", tmp_path / "cache"
    world.mkdir()
    weights = PurposeWeights.load(DEFAULT_MODEL / "text")
    write_log(world / "events.jsonl.zst", make_log(5, Shape(honest=4, harvesting=2, requests=4)))
    _write_truth(world, family="bulk")
    first = cached_world(world, weights, cache)

    again = cached_world(world, weights, cache)

    assert again.digest() == first.digest() == read_world(world, weights).digest()
    assert (again.kinds == first.kinds).all()
    assert (again.groups == first.groups).all()
    assert len(list(cache.iterdir())) == 1
    _write_truth(world, family="other")
    assert set(cached_world(world, weights, cache).kinds) == {"other", "chat"}


def test_a_folder_without_logs_is_no_world(tmp_path: Path) -> None:
    """The message names the folder and what it lacks."""
    with pytest.raises(WorldError, match=r"holds no events\* file"):
        cached_world(tmp_path, PurposeWeights.empty(), tmp_path / "cache")


def _write_truth(world: Path, family: str) -> None:
    names = [*(f"user-{i}" for i in range(4)), *(f"pipe-{i}" for i in range(2))]
    attack = [name.startswith("pipe") for name in names]
    pd.DataFrame(
        {
            "account_id": names,
            "label": ["distillation" if a else "benign" for a in attack],
            "archetype": ["attack" if a else "chat" for a in attack],
            "family": [family if a else None for a in attack],
            "campaign_id": ["c1" if a else None for a in attack],
            "first_attack_time": [pd.Timestamp("2026-03-01T09:00Z") if a else pd.NaT for a in attack],
        }
    ).to_parquet(world / "truth_accounts.parquet")
