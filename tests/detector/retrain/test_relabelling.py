from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.retrain.labelled import Labelled, compacted, join_labelled
from detector.retrain.labels import Label
from detector.retrain.relabelling import CLEARED, KNOWN, MISSED, ORDINARY, Presumption, relabelled
from detector.retrain.splitting import owners, split
from models.scorer import BENIGN, DISTILLATION
from tests.detector.retrain.rows import DAY, Cast, judged, make_rows, truth, with_org

TRAFFIC = make_rows(1, Cast(honest=60, relays=0))
"""Accounts a0 to a59 are honest; of the four campaigns, ten each follow."""
SCORES = np.where(truth(TRAFFIC) == DISTILLATION, 0.9, 0.05)


def label(account: str, said: str, since: int = 0, weight: float = 0.8, time: int = 3 * DAY) -> Label:
    """A verdict of one analyst."""
    return Label(account, said, weight, "verdict", "ana", time, since)  # type: ignore[arg-type]


def teach(*labels: Label, scores: np.ndarray = SCORES, until: int | None = None) -> Labelled:
    """The traffic under labels."""
    said = {one.account_id: one for one in labels}
    return relabelled(TRAFFIC, said, judged(scores), Presumption(), until=until)


def test_who_is_not_judged_is_ordinary_or_teaches_nothing() -> None:
    """Accounts that the champion does not suspect stand for ordinary use; suspected ones are left out."""
    rows = teach().examples.accounts
    assert set(teach().named.tolist()) == {f"a{at}" for at in range(60)}
    assert set(rows.kinds.tolist()) == {ORDINARY}
    assert set(rows.labels.tolist()) == {BENIGN}
    assert set(rows.importance.tolist()) == {Presumption().weight}


def test_judged_accounts_teach_what_was_said() -> None:
    """A label gives class, weight and kind; what the champion missed is a kind of its own."""
    scores = SCORES.copy()
    scores[61] = 0.1
    found = teach(
        label("a60", "distillation"), label("a61", "distillation"), label("a62", "benign"), scores=scores
    )
    rows, named = found.examples.accounts, found.named
    assert {(str(n), k) for n, k in zip(named, rows.kinds, strict=True) if k != ORDINARY} == {
        ("a60", KNOWN), ("a61", MISSED), ("a62", CLEARED),
    }  # fmt: skip
    assert set(rows.importance[named == "a60"].tolist()) == {0.8}
    assert set(rows.labels[named == "a62"].tolist()) == {BENIGN}


def test_authorised_use_teaches_nothing() -> None:
    """It is neither honest use nor an attack to learn from."""
    assert "a0" not in teach(label("a0", "authorised")).named


def test_an_accusation_teaches_nothing_of_before() -> None:
    """Rows that end before an accusation holds are left out, and the last one that is left is final."""
    found = teach(label("a60", "distillation", since=DAY + 1))
    assert found.ends[found.named == "a60"].tolist() == [2 * DAY]
    told = teach(label("a60", "distillation", time=DAY), label("a0", "benign", time=DAY))
    assert told.ends[np.isin(told.named, ["a0", "a60"])].tolist() == [DAY, DAY]
    early = teach(label("a60", "distillation"), until=DAY)
    assert early.ends[early.named == "a60"].tolist() == [DAY]
    assert early.examples.accounts.final.all()


def test_confirmed_accounts_that_share_work_are_one_group() -> None:
    """Nobody named a campaign, and yet its accounts are never split."""
    found = teach(*(label(f"a{at}", "distillation") for at in range(60, 80)))
    rows = found.examples.accounts
    groups = {str(n): str(g) for n, g in zip(found.named, rows.groups, strict=True)}
    assert len({groups[f"a{at}"] for at in range(60, 70)}) == 1
    assert groups["a60"] != groups["a70"]


def test_populations_are_what_their_members_are() -> None:
    """Those of confirmed accounts are an attack under their group; those of untaught ones teach nothing."""
    found = teach(*(label(f"a{at}", "distillation") for at in range(60, 70)))
    populations = found.examples.populations
    assert populations.labels[:4].tolist() == [DISTILLATION, BENIGN, BENIGN, BENIGN]
    assert populations.importance[:4].tolist() == pytest.approx([0.8, 0.0, 0.0, 0.0])
    group = found.examples.accounts.groups[found.named == "a60"][0]
    assert populations.groups[0] == group


def test_factors_cut_what_accounts_count() -> None:
    """Half the factor, half the weight."""
    factors = np.full(len(TRAFFIC.names), 0.5)
    rows = relabelled(TRAFFIC, {}, judged(SCORES), Presumption(), factors).examples.accounts
    assert set(rows.importance.tolist()) == {0.5 * Presumption().weight}


@given(st.integers(0, 99), st.sampled_from([0.25, 0.5]))
def test_what_is_judged_on_is_later_and_of_others(seed: int, share: float) -> None:
    """No owner is on both sides, and every row to judge on ends after every row to learn from."""
    rows = with_org(make_rows(2), np.array([f"org{at // 3}" for at in range(260)]))
    learnt, tested = split(rows, seed, share)
    own = owners(rows)
    of = own[learnt.examples.accounts.accounts], own[tested.examples.accounts.accounts]
    assert not set(of[0].tolist()) & set(of[1].tolist())
    assert learnt.ends.max() < tested.ends.min()
    assert learnt.examples.accounts.final.all()


def test_a_campaign_is_not_split_by_organisation() -> None:
    """Its accounts belong together, whatever organisations they are of."""
    rows = with_org(make_rows(2), np.array([f"org{at}" for at in range(260)]))
    assert set(owners(rows)[220:230].tolist()) == {"alpha-1"}
    assert owners(rows)[0] == "org0"


def test_compacted_rows_say_the_same() -> None:
    """Accounts and populations that no row names go, and parts still name theirs."""
    chosen = TRAFFIC.take(np.isin(TRAFFIC.named, ["a75", "a76"]))
    few = compacted(chosen)
    assert few.names.tolist() == ["a75", "a76"]
    assert len(few.examples.populations) == 1
    rows, before = few.examples, TRAFFIC.examples
    place = before.accounts.parts["population"][-25]
    assert (
        rows.populations.vectors[rows.accounts.parts["population"]] == before.populations.vectors[place]
    ).all()


def test_joined_accounts_keep_their_names() -> None:
    """Names and facts follow the numbers that joining gives."""
    other = make_rows(3, Cast(honest=5, relays=1, prefix="b"))
    both = join_labelled([TRAFFIC.take(TRAFFIC.examples.accounts.accounts < 70), other])
    assert set(both.named[: 2 * 70].tolist()) == {f"a{at}" for at in range(70)}
    assert both.named[2 * 70 :].tolist() == other.named.tolist()
    assert len(both.facts.client) == len(both.names)


def test_a_join_of_one_is_the_same() -> None:
    """But for the groups, which are named by their set."""
    one = join_labelled([TRAFFIC])
    assert (one.examples.accounts.vectors == TRAFFIC.examples.accounts.vectors).all()
    assert replace(one.examples.accounts, groups=TRAFFIC.examples.accounts.groups).digest() == (
        TRAFFIC.examples.accounts.digest()
    )
