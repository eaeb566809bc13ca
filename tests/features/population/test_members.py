from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from features.population.layout import WORDS
from features.population.table import PopulationTable
from tests.features.account.streams import DAY, START, Stream
from tests.features.population.population_streams import ACCOUNTS, STREAMS, Folded

MARKS = st.lists(st.booleans(), min_size=ACCOUNTS, max_size=ACCOUNTS)
STEPS = st.lists(st.tuples(STREAMS, MARKS, st.none() | st.integers(-2, 8)), min_size=1, max_size=4)


def _marked(table: PopulationTable, marks: list[bool]) -> list[int]:
    return [sum(marks[at] for at in table.members(population)) for population in range(len(table))]


@settings(max_examples=60)
@given(STEPS)
def test_marked_members_are_counted_as_if_anew(steps: list[tuple[Stream, list[bool], int | None]]) -> None:
    """Whatever was folded, forgotten and marked before, the counts are those of members marked now."""
    words = Folded().words
    none = np.full(60, -1, dtype=np.int32)
    for stream, marks, day in steps:
        count = len(stream.events)
        words.fold(stream.rows, stream.texts, none, np.arange(count), ACCOUNTS)
        if day is not None:
            words.forget(START // DAY + day)
        assert words.marked_members(np.array(marks)).tolist() == _marked(words, marks)


@settings(max_examples=40)
@given(STREAMS, MARKS)
def test_a_table_that_is_put_back_counts_its_own_members(stream: Stream, marks: list[bool]) -> None:
    """What a table had counted before it was given another state does not matter."""
    folded, other = Folded(), PopulationTable(WORDS, counted=True)
    folded.fold(stream)
    table = folded.words
    other.marked_members(np.array(marks))
    other.restore(table.state())

    assert other.marked_members(np.array(marks)).tolist() == _marked(table, marks)
