from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.account.decay import decay
from features.account.fold import canonical_order, fold
from features.account.layout import ACCOUNT_ROW
from features.account.vector import FEATURES, NAMES, vectors
from tests.features.account.reference import LARGE, SMALL, TRACKED, Account
from tests.features.account.reference_features import features
from tests.features.account.streams import DAY, START, STREAMS, Stream

if TYPE_CHECKING:
    from numpy.typing import NDArray

ACCOUNTS = 3
FOURTEEN_DAYS = 14 * DAY
CUTS = st.lists(st.integers(0, 20), max_size=4)


def _batches(stream: Stream, cuts: list[int]) -> list[Stream]:
    bounds = sorted({0, *(min(cut, len(stream.events)) for cut in cuts), len(stream.events)})
    return [stream.take(list(range(a, b))) for a, b in itertools.pairwise(bounds)]


def _fold(table: NDArray[np.void], stream: Stream) -> None:
    rows = stream.rows
    fold(table, rows, stream.texts, canonical_order(rows))


def _fold_plainly(accounts: list[Account], stream: Stream) -> None:
    both = sorted(
        zip(stream.events, stream.sketches, strict=True), key=lambda e: (e[0]["available"], e[0]["event"])
    )
    for row, sketch in both:
        accounts[row["account"]].fold(row, sketch)


def _ranks(registers: NDArray[np.uint8]) -> list[int]:
    return [int(rank) for byte in registers for rank in (byte & 15, byte >> 4)]


def _state(row: np.void) -> dict[str, Any]:
    internal = {*TRACKED, *(f"{name}_n" for name in TRACKED), "served", "served_at", "recent", "recent_at"}
    plain = {
        name: row[name].tolist()
        for name in ACCOUNT_ROW.names or ()
        if name not in {*internal, *LARGE, *SMALL}
    }
    plain |= {name: _ranks(row[name]) for name in LARGE + SMALL}
    return plain | {f"{name}_n": row[f"{name}_n"].tolist() for name in TRACKED}


def _expected(account: Account) -> dict[str, Any]:
    named = {name: sketch.ranks for name, sketch in account.distinct.items()}
    named |= {f"{name}_n": top.counts for name, top in account.tracked.items()}
    others = {name: getattr(account, name, None) for name in ACCOUNT_ROW.names or ()}
    state = {name: account.n[name] if value is None else value for name, value in others.items()} | named
    return {name: state[name] for name in _state(np.zeros(1, ACCOUNT_ROW)[0])}


def _assert_equal(table: NDArray[np.void], accounts: list[Account]) -> None:
    found = vectors(table, np.arange(ACCOUNTS))
    for at, account in enumerate(accounts):
        assert _state(table[at]) == _expected(account)
        expected = features(account)
        assert set(expected) == set(NAMES)
        for name, value in zip(NAMES, found[at].tolist(), strict=True):
            same = math.isclose(value, expected[name], rel_tol=1e-9, abs_tol=1e-9)
            assert same or (math.isnan(value) and math.isnan(expected[name])), name


@given(STREAMS, CUTS)
def test_rows_and_features_equal_a_plain_reference(stream: Stream, cuts: list[int]) -> None:
    """Counters, sums and sketches are equal bit for bit, and every feature by its name within 1e-9."""
    table, accounts = np.zeros(ACCOUNTS, ACCOUNT_ROW), [Account() for _ in range(ACCOUNTS)]
    for batch in _batches(stream, cuts):
        _fold(table, batch)
        _fold_plainly(accounts, batch)

    _assert_equal(table, accounts)


@settings(max_examples=60)
@given(STREAMS, CUTS, st.lists(st.integers(0, 60 * DAY), min_size=6, max_size=6))
def test_halving_equals_a_plain_reference(stream: Stream, cuts: list[int], waits: list[int]) -> None:
    """An account halved before each batch, by its own age, is the reference's, and so are its features."""
    table, accounts = np.zeros(ACCOUNTS, ACCOUNT_ROW), [Account() for _ in range(ACCOUNTS)]
    for batch, wait in zip([*_batches(stream, cuts), stream.take([])], waits, strict=False):
        now = START + wait
        decay(table, np.arange(ACCOUNTS), now, FOURTEEN_DAYS)
        for account in accounts:
            account.decay(now, FOURTEEN_DAYS)
        _fold(table, batch)
        _fold_plainly(accounts, batch)

    _assert_equal(table, accounts)


@settings(max_examples=50)
@given(STREAMS, st.randoms(use_true_random=False))
def test_the_order_of_arrival_within_a_tick_does_not_matter(stream: Stream, random: Any) -> None:
    """The canonical order gives the same rows however the events of a tick came."""
    arrival = list(range(len(stream.events)))
    random.shuffle(arrival)
    ordered, shuffled = np.zeros(ACCOUNTS, ACCOUNT_ROW), np.zeros(ACCOUNTS, ACCOUNT_ROW)

    _fold(ordered, stream)
    _fold(shuffled, stream.take(arrival))

    assert ordered.tobytes() == shuffled.tobytes()


@settings(max_examples=60)
@given(STREAMS, st.integers(0, 90 * DAY))
def test_features_stay_within_their_declared_range(stream: Stream, wait: int) -> None:
    """Every known value lies between its catalogue entry's low and high, before and after halving."""
    table = np.zeros(ACCOUNTS, ACCOUNT_ROW)
    low = np.array([feature.low for feature in FEATURES])
    high = np.array([feature.high for feature in FEATURES])

    _fold(table, stream)
    fresh = vectors(table, np.arange(ACCOUNTS))
    decay(table, np.arange(ACCOUNTS), START + wait, FOURTEEN_DAYS)

    for found in (fresh, vectors(table, np.arange(ACCOUNTS))):
        outside = (found < low - 1e-9) | (found > high + 1e-9)
        assert [NAMES[column] for _, column in np.argwhere(outside)] == []


@settings(max_examples=30)
@given(STREAMS.filter(lambda stream: len(stream.events) > 0))
def test_means_survive_halving(stream: Stream) -> None:
    """The mean length of an answer is the same after a half-life, to the rounding of its sum."""
    table = np.zeros(ACCOUNTS, ACCOUNT_ROW)
    _fold(table, stream)
    before = vectors(table, np.arange(ACCOUNTS))[:, NAMES.index("output_length")]

    first = table["first"][table["total"] > 0]
    decay(table, np.arange(ACCOUNTS), int(first.min(initial=START)) + FOURTEEN_DAYS, FOURTEEN_DAYS)
    after = vectors(table, np.arange(ACCOUNTS))[:, NAMES.index("output_length")]

    known = ~np.isnan(after)
    assert np.abs(after[known] - before[known]).max(initial=0) <= 2 / 256


@settings(max_examples=30)
@given(STREAMS)
def test_what_our_own_hook_denied_is_counted_and_no_evidence(stream: Stream) -> None:
    """Denied events change the count of denied events, and no feature."""
    denied = Stream([event | {"denied": 1} for event in stream.events], stream.sketches)
    table = np.zeros(ACCOUNTS, ACCOUNT_ROW)

    _fold(table, denied)

    assert table["denied"].sum() == len(stream.events)
    untouched = vectors(np.zeros(ACCOUNTS, ACCOUNT_ROW), np.arange(ACCOUNTS))
    assert np.array_equal(vectors(table, np.arange(ACCOUNTS)), untouched, equal_nan=True)


def test_a_row_fits_its_budget() -> None:
    """A million accounts at a kilobyte each leave room for their names and verdicts."""
    assert ACCOUNT_ROW.itemsize <= 760


def test_halving_is_the_same_now_or_later() -> None:
    """An account that was not touched for three half-lives is as one halved at each."""
    once = np.zeros(1, ACCOUNT_ROW)
    once["total"], once["events"], once["first"] = 9, 9, START
    each = once.copy()

    decay(once, np.arange(1), START + 3 * FOURTEEN_DAYS, FOURTEEN_DAYS)
    for lives in (1, 2, 3):
        decay(each, np.arange(1), START + lives * FOURTEEN_DAYS, FOURTEEN_DAYS)

    assert np.array_equal(once, each)
    assert (once["events"][0], once["total"][0]) == (1, 9)


@pytest.mark.parametrize("count", [1, 3, 16, 40])
def test_distinct_values_of_an_account_are_about_right(count: int) -> None:
    """The number of models is estimated within a half, from so small a sketch."""
    event = dict.fromkeys(("status", "finish", "human", "output_tokens", "input_tokens"), -1)
    rows = np.zeros(count, dtype=Stream([], []).rows.dtype)
    for name, value in event.items():
        rows[name] = value
    rows["time"] = rows["available"] = START
    rows["model"] = np.random.default_rng(1).integers(1, 2**63, count)
    table = np.zeros(1, ACCOUNT_ROW)

    fold(table, rows, np.zeros(count, dtype=Stream([], []).texts.dtype), np.arange(count))

    found = vectors(table, np.arange(1))[0, NAMES.index("models")]
    assert abs(found - count) <= max(1, count / 2)
