from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from features.account.fold import canonical_order, fold
from features.account.layout import ACCOUNT_ROW
from features.population.layout import FREE
from features.population.members import members_of
from tests.features.account.streams import DAY, START, Stream, make_stream
from tests.features.population.population_streams import ACCOUNTS, STREAMS, Drawn, Folded

if TYPE_CHECKING:
    from features.population.table import PopulationTable
    from tests.features.population.plain_populations import PlainPopulations

CUTS = st.lists(st.integers(0, 50), max_size=4)


def _ticks(stream: Stream, cuts: list[int]) -> list[Stream]:
    bounds = sorted({0, *(min(cut, len(stream.events)) for cut in cuts), len(stream.events)})
    return [stream.take(list(range(a, b))) for a, b in itertools.pairwise(bounds)]


def _assert_same(table: PopulationTable, plain: PlainPopulations) -> None:
    """Populations, members and both linked lists are those of plain Python."""
    assert len(table) == len(plain.rows)
    edges, groups = table.edges, table.groups
    for at, one in enumerate(plain.rows):
        listed = edges[members_of(at, groups, edges)]
        counts = [member.count for member in one.members.values()]
        senders = [row["account"] for row, _, _ in one.requests]
        assert listed["account"].tolist() == list(one.members)[::-1]
        assert listed["count"].tolist() == counts[::-1]
        assert listed["day"].tolist() == [member.day for member in one.members.values()][::-1]
        assert groups[at]["kind"] == one.kind
        assert groups[at]["members"] == len(counts)
        assert groups[at]["events"] == sum(counts)
        assert groups[at]["squares"] == sum(count**2 for count in counts)
        assert groups[at]["steady"] == sum(count >= 2 for count in counts)
        assert groups[at]["most"] == max(counts, default=0)
        if one.thing is not None:
            assert groups[at]["shown"] == len(senders)
            assert groups[at]["turns"] == len(one.gaps)
            assert groups[at]["switches"] == sum(a != b for a, b in itertools.pairwise(senders))
    for account in range(ACCOUNTS):
        showed = [at for at, one in enumerate(plain.rows) if account in one.members]
        assert sorted(_populations_of(account, table)) == showed


def _populations_of(account: int, table: PopulationTable) -> list[int]:
    found, before, at = [], FREE, int(table.of_account[account])
    while at != FREE:
        edge = table.edges[at]
        assert edge["account"] == account
        assert edge["prior_population"] == before
        found.append(int(edge["population"]))
        before, at = at, int(edge["next_population"])
    return found


@given(STREAMS, CUTS)
def test_populations_and_members_equal_a_plain_reference(stream: Stream, cuts: list[int]) -> None:
    """Which objects are populations, who their members are and how they take turns, tick by tick."""
    folded = Folded()
    for tick in _ticks(stream, cuts):
        folded.fold(tick)

    _assert_same(folded.words, folded.plain_words)
    _assert_same(folded.means, folded.plain_means)


@settings(max_examples=60)
@given(STREAMS, CUTS, st.integers(2, 5))
def test_means_that_too_many_show_link_nobody(stream: Stream, cuts: list[int], most: int) -> None:
    """An object of means with one account too many loses its members for good; words keep theirs."""
    folded = Folded(most_members=most)
    for tick in _ticks(stream, cuts):
        folded.fold(tick)

    _assert_same(folded.words, folded.plain_words)
    _assert_same(folded.means, folded.plain_means)
    assert folded.means.groups["members"].max(initial=0) <= most


@settings(max_examples=60)
@given(STREAMS, CUTS, st.lists(st.integers(-2, 8), min_size=5, max_size=5), st.sampled_from([3, 99]))
def test_forgetting_equals_a_plain_reference(
    stream: Stream, cuts: list[int], days: list[int], most: int
) -> None:
    """Old objects, memberships and populations go, the rest is renumbered and counts on."""
    folded = Folded(most_members=most)
    for tick, day in zip(_ticks(stream, cuts), days, strict=False):
        folded.fold(tick)
        folded.forget(START // DAY + day)

    _assert_same(folded.words, folded.plain_words)
    _assert_same(folded.means, folded.plain_means)


@settings(max_examples=40)
@given(STREAMS)
def test_a_population_is_as_one_account_that_sent_its_requests(stream: Stream) -> None:
    """The state of a population is the row of an account that sent all requests since the third one came."""
    folded = Folded()
    folded.fold(stream)

    for at, one in enumerate(folded.plain_words.rows):
        alone = Stream(
            [row | {"account": 0} for row, _, _ in one.requests], [sketch for _, sketch, _ in one.requests]
        )
        expected = np.zeros(1, ACCOUNT_ROW)
        fold(expected, alone.rows, alone.texts, canonical_order(alone.rows))
        assert folded.words.states[at].tobytes() == expected[0].tobytes()


@given(STREAMS)
def test_verdicts_show_nothing(stream: Stream) -> None:
    """Requests that our hook denied, and those answered 401 or 403, make no object known."""
    folded = Folded()
    for verdict in ({"denied": 1}, {"status": 401}, {"status": 403}):
        folded.fold(Stream([event | verdict for event in stream.events], stream.sketches))

    assert not len(folded.words)
    assert not len(folded.means)
    assert folded.words.of_account.max() == FREE
    assert len(folded.served) == 0


def test_a_large_stream_equals_the_reference_while_tables_grow() -> None:
    """Tens of thousands of objects and memberships outgrow every table, and nothing is lost."""
    rng = np.random.default_rng(1)
    drawn: list[Drawn] = [
        (
            int(account), 1000, 0,
            {"payment": int(payer) + 1, "device": int(device) + 1},
            {"user_turns": 1, "template": int(template) + 1, "head": int(head) + 1},
        )
        for account, payer, device, template, head in zip(
            rng.integers(0, 3000, 9_000), rng.integers(0, 7000, 9_000), rng.integers(0, 2000, 9_000),
            rng.integers(0, 4000, 9_000), rng.integers(0, 60, 9_000), strict=True,
        )
    ]  # fmt: skip
    folded = Folded(accounts=3000)
    stream = make_stream(drawn)
    for tick in _ticks(stream, [5000]):
        folded.fold(tick)

    _assert_same(folded.words, folded.plain_words)
    _assert_same(folded.means, folded.plain_means)
    assert len(folded.words) > 1500
    assert len(folded.words.edges) > 4096
    assert len(folded.means.edges) > 4096
