from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from features.population.layout import FREE
from features.population.provenance import ServedAnswers
from tests.features.account.reference import mix64
from tests.features.account.streams import DAY, START, Stream, make_stream
from tests.features.population.plain_populations import PlainServed
from tests.features.population.population_streams import STREAMS, Drawn


def _trace(served: ServedAnswers, stream: Stream) -> list[int]:
    rows = stream.rows
    return [int(origin) for origin in served.trace(rows, stream.texts, np.arange(len(rows)))]


def _answer(account: int, response: int = 0, earlier: int = 0, step: int = 1) -> Drawn:
    text = {"user_turns": 1, "response": response, "turns": [earlier] + [0] * 7}
    return account, step, 0, {}, text


@given(st.lists(STREAMS, min_size=1, max_size=3), st.integers(-2, 8))
def test_origins_equal_a_plain_reference(streams: list[Stream], day: int) -> None:
    """Answers are traced over ticks, and forgotten by the day on which they were last served."""
    served, plain = ServedAnswers(), PlainServed()
    for stream in streams:
        assert _trace(served, stream) == plain.trace(stream, list(range(len(stream.events))))
        served.forget(START // DAY + day)
        plain.forget(START // DAY + day)
        assert len(served) == len(plain.accounts)


def test_an_answer_in_somebody_elses_input_names_whom_it_was_served_to() -> None:
    """An account's own history names itself; an answer that two accounts got names nobody."""
    stream = make_stream(
        [
            _answer(0, response=77),
            _answer(0, earlier=77),
            _answer(1, earlier=77),
            _answer(2, earlier=78),
            _answer(1, response=77),
            _answer(2, earlier=77),
        ]
    )

    assert _trace(ServedAnswers(), stream) == [FREE, 0, 0, FREE, FREE, FREE]


def test_the_newest_answers_are_kept_when_there_are_too_many() -> None:
    """Past the capacity the days longest ago go first, whatever their number."""
    days, each = 20, 1000
    served = ServedAnswers(capacity=4000)
    for day in range(days):
        answers = [_answer(0, mix64(day * each + at + 1), step=0) for at in range(1, each)]
        _trace(served, make_stream([(0, day * DAY, 0, {}, None), *answers]))

    asked = make_stream([_answer(1, earlier=mix64(day * each + 1 + 1)) for day in range(days)])
    found = [origin == 0 for origin in _trace(served, asked)]
    assert found == sorted(found)
    assert 3 <= sum(found) < days
    assert len(list(itertools.takewhile(lambda known: not known, found))) == days - sum(found)
