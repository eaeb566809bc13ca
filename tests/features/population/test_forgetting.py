from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from features.population.layout import FREE, MEANS, WORDS
from features.population.table import PopulationTable
from tests.features.account.streams import DAY, START, Stream, make_stream
from tests.features.population.population_streams import ACCOUNTS, STREAMS, Drawn, Folded

EVENT = st.tuples(st.integers(0, ACCOUNTS - 1), st.integers(1, 4))


def _fold(tables: list[PopulationTable], stream: Stream) -> None:
    rows = stream.rows
    none = np.full(len(rows), FREE, dtype=np.int32)
    for table in tables:
        table.fold(rows, stream.texts, none, np.arange(len(rows)), ACCOUNTS)


def _bytes(table: PopulationTable) -> list[bytes]:
    return [each.tobytes() for each in (table.groups, table.edges, table.states, table.of_account)]


def _shown(days: int, things: list[tuple[int, int]], base: int) -> Stream:
    """Events that show one word and one payer each, `days` after the start."""
    drawn: list[Drawn] = []
    for account, thing in things:
        step = 1 if drawn else days * DAY
        drawn.append((account, step, 0, {"payment": base + thing}, {"user_turns": 1, "head": base + thing}))
    return make_stream(drawn)


@settings(max_examples=60)
@given(st.lists(st.lists(EVENT, max_size=25), min_size=3, max_size=3))
def test_what_was_forgotten_might_as_well_never_have_been(things: list[list[tuple[int, int]]]) -> None:
    """With objects of before and others of after, forgetting what was before leaves no trace of it."""
    old, new, later = _shown(0, things[0], 100), _shown(5, things[1], 200), _shown(6, things[2], 200)
    saw = [PopulationTable(WORDS, counted=True), PopulationTable(MEANS, counted=False)]
    never = [PopulationTable(WORDS, counted=True), PopulationTable(MEANS, counted=False)]
    _fold(saw, old)
    for stream in (new, later):
        _fold(saw, stream)
        _fold(never, stream)
        for table in saw:
            table.forget(START // DAY + 5)

    assert [_bytes(table) for table in saw] == [_bytes(table) for table in never]


@settings(max_examples=40)
@given(STREAMS, st.integers(-2, 8), st.integers(-2, 8))
def test_forgetting_twice_is_forgetting_more(stream: Stream, first: int, second: int) -> None:
    """Two days forgotten one after the other are the later one."""
    once, twice = Folded(), Folded()
    for one in (once, twice):
        one.fold(stream)
    once.forget(START // DAY + max(first, second))
    twice.forget(START // DAY + first)
    twice.forget(START // DAY + second)

    assert _bytes(once.words) == _bytes(twice.words)
    assert _bytes(once.means) == _bytes(twice.means)


@settings(max_examples=40)
@given(STREAMS, st.integers(0, 500))
def test_nothing_is_forgotten_of_what_was_shown_since(stream: Stream, days: int) -> None:
    """A day before all events forgets nothing, and numbers stay as they are."""
    folded = Folded()
    folded.fold(stream)
    for table in (folded.words, folded.means):
        before = _bytes(table)
        assert table.forget(START // DAY - 10 - days).tolist() == list(range(len(table)))
        assert _bytes(table) == before


def test_everything_forgotten_is_a_new_table() -> None:
    """Rows start again from the first, and the memory of what was is given back."""
    table = PopulationTable(WORDS, counted=True)
    empty = table.nbytes
    for account in range(3):
        _fold([table], _shown(0, [(account, thing) for thing in range(6000)], 1))
    assert len(table) == 6000

    gone = table.forget(START // DAY + 1)
    assert (gone == FREE).all()
    assert len(table) == 0
    assert table.nbytes == empty
