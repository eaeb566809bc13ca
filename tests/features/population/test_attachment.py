from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from features.population.attachment import (
    FEATURES,
    LOWEST,
    PART,
    attach,
    is_part,
    parts_of,
    strongest,
)
from features.population.layout import FREE, WORDS
from tests.features.account.streams import make_stream
from tests.features.population.population_streams import ACCOUNTS, STREAMS, Drawn, Folded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tests.features.account.streams import Stream

Part = tuple[int, int, int, int, float, float]

POPULATIONS = 4
PARTS = st.tuples(
    st.integers(0, POPULATIONS - 1),
    st.sampled_from(WORDS),
    st.integers(1, 4),
    st.integers(3, 40),
    st.integers(0, 8).map(lambda eighths: eighths / 8),
    st.sampled_from([0.125, 0.25, 0.5, 1.0, 2.0]),
)
ATTACHED = st.lists(st.lists(PARTS, max_size=5), max_size=4)
LOGITS = hnp.arrays(
    np.float64, POPULATIONS, elements=st.sampled_from([-20.0, LOWEST, -1.5, 0.0, 0.5, 3.0, 9.0])
)


def joined(accounts: list[list[Part]]) -> tuple[NDArray[np.int64], NDArray[np.void]]:
    """Parts of several accounts, as `parts_of` gives them."""
    parts = np.array([part for some in accounts for part in some], dtype=PART)
    return np.array([len(some) for some in accounts], dtype=np.int64), parts


def plain_attachment(parts: list[Part], logits: list[float]) -> dict[str, float]:
    """What the catalogue promises, by name."""
    score = [max(logits[part[0]], LOWEST) for part in parts]
    counts = [
        part[2] >= 2 and part[5] >= 0.25 and odds > LOWEST for part, odds in zip(parts, score, strict=True)
    ]
    ranked = sorted((at for at, counted in enumerate(counts) if counted), key=lambda at: -score[at])
    best = parts[ranked[0]] if ranked else None
    shares = dict.fromkeys(WORDS, 0.0)
    for part, odds in zip(parts, score, strict=True):
        shares[part[1]] += part[4] if odds > 0 else 0
    return {
        "shared_score": score[ranked[0]] if ranked else LOWEST,
        "shared_part": best[4] if best else 0.0,
        "shared_relative": math.log2(best[5]) if best else -4.0,
        "shared_members": math.log2(best[3]) if best else 0.0,
        "touched_score": max(score, default=LOWEST),
        "suspicious_part": min(max(shares.values()), 1.0),
        "suspicious_wordings": math.log2(1 + sum(score[at] > 0 for at in ranked)),
        "second_score": score[ranked[1]] if len(ranked) > 1 else LOWEST,
    }


@given(ATTACHED, LOGITS)
def test_attachment_equals_a_plain_reference(accounts: list[list[Part]], logits: NDArray[np.float64]) -> None:
    """Every feature of every account is what its meaning says, for any parts and log-odds."""
    found = attach(*joined(accounts), logits)

    assert found.shape == (len(accounts), len(FEATURES))
    for row, parts in zip(found, accounts, strict=True):
        expected = plain_attachment(parts, logits.tolist())
        assert dict(zip((feature.name for feature in FEATURES), row, strict=True)) == expected


@given(ATTACHED, LOGITS)
def test_the_strongest_population_is_the_one_of_the_shared_score(
    accounts: list[list[Part]], logits: NDArray[np.float64]
) -> None:
    """The first of those that the log-odds are highest in; who has no such score has none."""
    counts, parts = joined(accounts)
    scores = attach(counts, parts, logits)[:, 0]

    for some, score, found in zip(accounts, scores, strongest(counts, parts, logits), strict=True):
        able = [part[0] for part in some if part[2] >= 2 and part[5] >= 0.25]
        expected = next((of for of in able if logits[of] == score and score > LOWEST), FREE)
        assert found == expected


@given(ATTACHED, LOGITS)
def test_attachment_is_within_the_bounds_of_the_catalogue(
    accounts: list[list[Part]], logits: NDArray[np.float64]
) -> None:
    """No feature leaves its range, and none is missing: to share nothing is known, too."""
    found = attach(*joined(accounts), logits)

    for column, feature in zip(found.T, FEATURES, strict=True):
        assert ((column >= feature.low) & (column <= feature.high)).all(), feature.name


@given(ATTACHED, LOGITS, st.integers(0, 3))
def test_a_population_that_was_not_scored_is_none(
    accounts: list[list[Part]], logits: NDArray[np.float64], which: int
) -> None:
    """Parts in it change nothing: an account looks as it does without them."""
    logits[which] = LOWEST
    without = [[part for part in some if part[0] != which] for some in accounts]

    assert np.array_equal(attach(*joined(accounts), logits), attach(*joined(without), logits))


@given(ATTACHED, LOGITS)
def test_only_what_is_more_than_chance_is_inherited(
    accounts: list[list[Part]], logits: NDArray[np.float64]
) -> None:
    """What is no real part is touched and its share is counted; nothing else of it shows."""
    counts, parts = joined(accounts)
    real = [[part for part in some if is_part(joined([[part]])[1])[0]] for some in accounts]

    found, without = attach(counts, parts, logits), attach(*joined(real), logits)

    inherited = [
        at for at, one in enumerate(FEATURES) if one.name not in ("touched_score", "suspicious_part")
    ]
    assert np.array_equal(found[:, inherited], without[:, inherited])


@given(STREAMS, st.lists(st.integers(0, ACCOUNTS - 1), max_size=9))
def test_parts_are_the_edges_of_the_table(stream: Stream, asked: list[int]) -> None:
    """Each account asked for has a part for each membership, with what the table and the account count."""
    folded = Folded()
    folded.fold(stream)
    words, totals = folded.words, folded.rows["total"]

    counts, parts = parts_of(words, totals, np.array(asked, dtype=np.int64))

    assert counts.sum() == len(parts)
    for account, some in zip(asked, np.split(parts, np.cumsum(counts))[:-1], strict=True):
        edges = words.edges[words.edges["account"] == account]
        assert sorted(some["population"]) == sorted(edges["population"])
        for part in some:
            group = words.groups[part["population"]]
            count = edges["count"][edges["population"] == part["population"]][0]
            assert (part["count"], part["kind"], part["members"]) == (count, group["kind"], group["members"])
            assert part["share"] == np.float32(min(count / max(totals[account], 1), 1))
            assert part["relative"] == np.float32(count * group["members"] / group["events"])


def test_parts_are_complete_however_many_an_account_has() -> None:
    """Three accounts share a few hundred words, the fourth none; asked for in any order, repeated or not."""
    shared: list[Drawn] = [
        (account, 1, 0, {}, {"user_turns": 1, "head": word + 1})
        for word in range(300)
        for account in range(3)
    ]
    folded = Folded()
    folded.fold(make_stream([*shared, (3, 1, 0, {}, {"user_turns": 1, "head": 301})]))

    for asked in ([0], [3, 0], [0, 1, 2, 3], [2, 2, 3, 2]):
        counts, parts = parts_of(folded.words, folded.rows["total"], np.array(asked, dtype=np.int64))
        assert counts.tolist() == [300 if account < 3 else 0 for account in asked]
        for count, some in zip(counts, np.split(parts, np.cumsum(counts))[:-1], strict=True):
            assert sorted(some["population"]) == list(range(count))
