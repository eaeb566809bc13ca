from __future__ import annotations

from collections import deque
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stillwatch_client.sse import FeedError, Message, SseParser

TEXT = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=20)
MESSAGES = st.lists(st.tuples(TEXT.filter(bool), st.lists(TEXT, min_size=1, max_size=3), TEXT), max_size=5)


def written(messages: list[tuple[str, list[str], str]], end: str) -> bytes:
    """A stream with a heartbeat before each event."""
    lines = []
    for event, data, number in messages:
        lines += [": alive", "", f"event: {event}", f"id: {number}", *(f"data: {line}" for line in data), ""]
    return "".join(line + end for line in lines).encode()


@given(MESSAGES, st.sampled_from(["\n", "\r\n"]), st.data())
def test_events_do_not_depend_on_how_their_bytes_arrive(
    messages: list[tuple[str, list[str], str]], end: str, data: st.DataObject
) -> None:
    """A stream cut anywhere is the same events."""
    stream = written(messages, end)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    parser = SseParser()
    pieces = [stream[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    read = [message for piece in pieces for message in parser.feed(piece)]
    assert read == [Message(event, "\n".join(lines), number) for event, lines, number in messages]


def test_an_event_without_data_is_none() -> None:
    """As the standard has it."""
    assert list(SseParser().feed(b"event: delta\n\n: only a comment\n\n")) == []


@given(st.binary(max_size=300))
def test_no_bytes_crash_the_parser(data: bytes) -> None:
    """Whatever comes is events or a broken feed."""
    try:
        list(SseParser().feed(data))
    except FeedError:
        return


def test_an_endless_event_breaks_the_feed() -> None:
    """Memory is bounded, whatever the other side sends."""
    parser = SseParser(most_bytes=100)
    with pytest.raises(FeedError, match="longer than 100"):
        deque(chain.from_iterable(parser.feed(b"data: 12345\n") for _ in range(20)), maxlen=0)
