from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from detector.retrain.caps import capped
from detector.retrain.noise import estimate_noise
from detector.retrain.suspects import check_authors
from features.scored import FEATURES

WEIGHTS = st.lists(st.tuples(st.floats(0, 100), st.sampled_from(["", "ana", "bo"]), st.sampled_from("pqr")))


@given(WEIGHTS, st.floats(0.01, 0.9), st.floats(1, 1000))
@example([(16.0, "", "p"), (16.0, "", "q")], 0.484375, 1.0)
@example([(90.0, "ana", "p"), (70.0, "bo", "p"), (80.0, "ana", "q")], 0.499, 1.0)
def test_nobody_holds_more_than_the_cap(rows: list[tuple[float, str, str]], cap: float, rest: float) -> None:
    """After the cut every key's share is at most its cap, and no weight rose."""
    before = np.array([weight for weight, _, _ in rows], dtype=np.float64)
    keys = {
        "author": np.array([author for _, author, _ in rows], dtype=np.str_),
        "organisation": np.array([org for _, _, org in rows], dtype=np.str_),
    }
    after, _ = capped(before, keys, {"author": cap, "organisation": cap}, rest)
    assert (after <= before + 1e-9).all()
    for names in keys.values():
        for name in set(names.tolist()) - {""}:
            assert after[names == name].sum() <= cap * (after.sum() + rest) * (1 + 2e-9)


def test_what_is_within_its_cap_stays() -> None:
    """Only whoever weighs too much is cut, and told with what they would have had."""
    keys = {"author": np.array(["ana", "bo"])}
    after, cut = capped(np.array([90.0, 1.0]), keys, {"author": 0.1}, 100.0)
    assert after[1] == 1.0
    assert after[0] == pytest.approx(101 / 9)
    assert [one.name for one in cut] == ["ana"]
    assert cut[0].before == pytest.approx(90 / 191)


def test_one_label_that_weighs_too_much_costs_its_author_no_others() -> None:
    """The author is within the cap once the account is."""
    keys = {"author": np.full(31, "ana"), "account": np.array([f"acc-{number}" for number in range(31)])}
    weights = np.array([200.0] + [1.0] * 30)
    after, cut = capped(weights, keys, {"author": 0.1, "account": 0.01}, 1000.0)
    assert after[1:].tolist() == [1.0] * 30
    assert ("account", "acc-0") in {(one.what, one.name) for one in cut}


def judged(seed: int, flipped: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels of four authors on two kinds of accounts; the last one flips some."""
    rng = np.random.default_rng(seed)
    truth = np.arange(400) % 3 == 0
    vectors = rng.normal(size=(400, len(FEATURES))) + 2.0 * truth[:, None]
    authors = np.array(["ana", "bo", "chen", "dara"])[np.arange(400) // 100]
    said = truth.copy()
    said[300 : 300 + flipped] ^= True
    return vectors, said, authors


def test_an_author_who_flips_labels_is_suspected() -> None:
    """One in five of an author's labels contradicts everybody else's: that author alone is suspected."""
    vectors, said, authors = judged(1, 20)
    found = check_authors(vectors, said, authors, np.full(400, 0.1))
    assert found.suspected == ("dara",)
    assert {301, 305} <= set(found.contradicted.tolist())


@pytest.mark.parametrize("seed", range(4))
def test_honest_authors_are_not_suspected(seed: int) -> None:
    """A mistake or two are everybody's."""
    vectors, said, authors = judged(seed, 2)
    assert check_authors(vectors, said, authors, np.full(400, 0.1)).suspected == ()


def test_a_new_family_that_several_authors_see_is_no_contradiction() -> None:
    """The champion knows nothing of it, but neighbours that others judged agree."""
    vectors, said, authors = judged(2, 0)
    assert not len(check_authors(vectors, said, authors, np.zeros(400)).contradicted)


def test_one_author_alone_is_contradicted_by_nobody() -> None:
    """Without others there is nothing to compare with, and no label is no error."""
    vectors, said, _ = judged(3, 20)
    alone = check_authors(vectors, said, np.full(400, "ana"), np.full(400, 0.9))
    assert alone.suspected == ()
    nothing = check_authors(vectors[:0], said[:0], np.zeros(0, dtype=np.str_), np.zeros(0))
    assert nothing.authors == ()


def test_wrong_labels_are_estimated() -> None:
    """Of a hundred accusations five are of accounts that models take for honest, and those come first."""
    attack = np.arange(1100) < 100
    scores = np.where(attack, 0.9, 0.02)
    scores[:5] = 0.001
    noise = estimate_noise(attack, scores)
    assert noise.accused_wrongly == pytest.approx(0.05)
    assert noise.cleared_wrongly == 0.0
    assert sorted(noise.doubtful.tolist()) == [0, 1, 2, 3, 4]


def test_no_labels_have_no_noise() -> None:
    """Nothing is estimated of nothing."""
    noise = estimate_noise(np.zeros(0, dtype=np.bool_), np.zeros(0))
    assert (noise.accused_wrongly, noise.cleared_wrongly, len(noise.doubtful)) == (0.0, 0.0, 0)
