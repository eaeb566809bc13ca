from __future__ import annotations

import json
from dataclasses import astuple
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.adapters import make_adapter
from features.adapters.canonical import CanonicalAdapter
from features.hashing import HashKey
from features.reading.block import read_plain
from features.times import LATEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from features.batch import EventBatch

KEY = HashKey.from_secret("of a test")
LIMIT = 20_000
ADAPTER = make_adapter("canonical", KEY)

TEXTS = (
    st.none() | st.text(max_size=20) | st.sampled_from(["", "é", "a/b", 'say "so"', "\\", "\0", "中文" * 9])
)
NUMBERS = st.none() | st.integers(-3, 10**12) | st.floats(0, 200) | st.sampled_from([1e3, 0.1, 99.999, 2.5e9])
TIMES = st.sampled_from(
    [
        None,
        "",
        "2026-03-02T00:00:09.606Z",
        "2026-02-29T00:00:09Z",
        "2024-02-29T23:59:59.999999Z",
        "2026-03-02T00:00:09.6069999Z",
        "2026-03-02T00:00:09+00:00",
        "2026-03-02T00:00:09+01:00",
        "2026-03-02t00:00:09z",
        "1969-12-31T00:00:00Z",
        "2199-12-31T23:59:59.9Z",
        "2200-01-01T00:00:00Z",
        "2026-03-02T24:00:00Z",
        "2026-03-02T00:00:09",
    ]
)
PARTS = st.lists(
    st.fixed_dictionaries({}, optional={"type": TEXTS, "text": TEXTS, "more": NUMBERS}), max_size=3
)
MESSAGES = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "role": TEXTS | st.sampled_from(["system", "developer", "user", "assistant", "tool", "users"]),
            "content": TEXTS | PARTS,
            "name": TEXTS,
        },
    ),
    max_size=3,
)
ANY = st.recursive(
    NUMBERS | TEXTS | st.booleans(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
EVENTS = st.fixed_dictionaries(
    {
        "event_id": st.text(min_size=1, max_size=9) | TEXTS,
        "time": st.just("2026-03-02T00:00:09.606Z") | TIMES,
        "account_id": st.sampled_from(["a", "b", "é"]) | TEXTS,
    },
    optional={
        "account_created": TIMES,
        "org_id": TEXTS,
        "model": TEXTS,
        "client_ip": TEXTS | st.sampled_from(["1.2.3.4", "1.2.3.04", "::1", "2001:db8::1", "::ffff:1.2.3.4"]),
        "status": NUMBERS,
        "latency_ms": NUMBERS,
        "temperature": NUMBERS,
        "top_p": st.floats(0, 1) | NUMBERS,
        "max_tokens": NUMBERS,
        "client_asn": NUMBERS,
        "seed": NUMBERS | st.integers(),
        "stream": st.none() | st.booleans(),
        "response_format": ANY,
        "finish_reason": TEXTS | st.sampled_from(["stop", "STOP", "length", "refusal"]),
        "error_type": TEXTS | st.sampled_from(["content_policy_violation", "timeout"]),
        "reasoning_effort": TEXTS | st.sampled_from(["low", "High"]),
        "human_token": TEXTS | st.sampled_from(["valid", "none"]),
        "denied_by": st.sampled_from(["stillwatch", "kong", None]),
        "messages": st.none() | MESSAGES,
        "response": TEXTS,
        "provider": TEXTS,
        "extra": ANY,
        "kind": st.none() | st.just("ban"),
    },
)


@st.composite
def records(draw: st.DrawFn) -> bytes:
    """A record as one tool or another would write it, now and then with a byte that is wrong."""
    event = draw(EVENTS)
    names = draw(st.permutations(list(event)))
    separators = draw(st.sampled_from([(",", ":"), (", ", ": "), (" ,\n", "\t: ")]))
    plain = json.dumps(
        {name: event[name] for name in names}, ensure_ascii=draw(st.booleans()), separators=separators
    )
    record = bytearray(plain.encode("utf-8", "surrogatepass"))
    if draw(st.integers(0, 3)) == 0:
        at = draw(st.integers(0, len(record) - 1))
        record[at : at + draw(st.integers(0, 2))] = draw(
            st.binary(max_size=2) | st.sampled_from([b'"', b"\\", b"}"])
        )
    return bytes(record)


def the_same(found: EventBatch, expected: EventBatch) -> bool:
    """Whether two batches say the same of the same events."""
    arrays = [(found.rows.tobytes(), expected.rows.tobytes())]
    arrays += [
        (a.tobytes(), b.tobytes()) for a, b in zip(astuple(found.parts), astuple(expected.parts), strict=True)
    ]
    return found.accounts == expected.accounts and all(a == b for a, b in arrays)


def slowly(lines: Sequence[bytes], latest: datetime = LATEST) -> tuple[EventBatch, list[int]]:
    """What the complete decoder makes of records, each read by itself."""
    assert isinstance(ADAPTER, CanonicalAdapter)
    decoded, events = ADAPTER.blocks.decode_lines(lines, ADAPTER, latest)
    return decoded.batch, events


@settings(max_examples=300)
@given(st.lists(records(), min_size=1, max_size=4))
def test_what_is_plain_is_read_as_by_the_complete_decoder(lines: list[bytes]) -> None:
    """No record becomes an event that the complete decoder refuses, and no column differs."""
    batch, plain = read_plain(lines, KEY, LIMIT, LATEST)
    _, events = slowly(lines)

    assert set(plain.tolist()) <= set(events)
    assert the_same(batch, slowly([lines[at] for at in plain])[0])


@settings(max_examples=60)
@given(
    value=st.recursive(
        st.sampled_from(["1e999", "-1e999", "9" * 5000, "1", "2.5", "null", '"x"']),
        lambda inner: inner.map("[{}]".format) | inner.map('{{"a":{}}}'.format),
    ),
    status=st.sampled_from(["200", "200.0", "2e2"]),
)
def test_numbers_beyond_a_double_are_no_matter_in_a_response_format(value: str, status: str) -> None:
    """Both readers take the record, and both only tell whether there is a format."""
    line = _line()[:-1] + f',"status":{status},"response_format":{value},"extra":{value}}}'.encode()

    batch, plain = read_plain([line], KEY, LIMIT, LATEST)
    expected, events = slowly([line])

    assert events == [0]
    assert expected.rows["formatted"].tolist() == [value != "null"]
    assert len(plain) == 0 or the_same(batch, expected)


@settings(max_examples=100)
@given(st.lists(records(), max_size=6))
def test_events_keep_their_order_whoever_read_them(lines: list[bytes]) -> None:
    """A block is as the complete decoder alone would have it: events, lifecycle records and dead letters."""
    found = ADAPTER.decode(lines)
    assert isinstance(ADAPTER, CanonicalAdapter)
    expected = ADAPTER.blocks.decode(lines, ADAPTER, LATEST)

    assert the_same(found.batch, expected.batch)
    assert (found.lifecycle, found.rejected, found.lines) == (
        expected.lifecycle,
        expected.rejected,
        expected.lines,
    )


def _line(**fields: Any) -> bytes:
    return json.dumps({"event_id": "e", "time": "2026-03-02T00:00:09Z", "account_id": "a", **fields}).encode()


@pytest.mark.parametrize(
    "line",
    [
        _line(),
        _line(messages=[{"role": "user", "content": 'é "so"\n\U0001f600'}], response="yes", seed=1),
        _line(response="first")[:-1]
        + b',"messages":[{"content":[{"type":"text","text":"a"},{"text":"b"}]}]}',
        _line(client_ip="::1", unknown={"a": [1, -2e5, {"b": "\\u00e9"}]}, response_format={"type": "x"}),
        b" \t" + _line(latency_ms=0.25, top_p=1, time="2026-03-02T00:00:09.123456+00:00") + b"\r\n",
    ],
)
def test_usual_records_are_plain(line: bytes) -> None:
    """What clients usually write takes the fast way."""
    assert read_plain([line], KEY, LIMIT, LATEST)[1].tolist() == [0]


@pytest.mark.parametrize(
    ("line", "latest"),
    [
        (b"", LATEST),
        (b"{}", LATEST),
        (_line()[:-1], LATEST),
        (_line() + b"x", LATEST),
        (_line(kind="ban"), LATEST),
        (_line(sketch={"v": 1}), LATEST),
        (_line(event_id=""), LATEST),
        (_line(event_id="e" * 513), LATEST),
        (_line(response="r" * LIMIT), LATEST),
        (_line(status=1000), LATEST),
        (_line(n=1.5), LATEST),
        (_line(extra=[[]] * 2)[:-3] + b"[" * 70 + b"]" * 72 + b"}", LATEST),
        (_line()[:-1] + b',"event_id":"other"}', LATEST),
        (_line()[:-1] + b',"response":"\\ud800"}', LATEST),
        (_line()[:-1] + b',"response":"\xff"}', LATEST),
        (_line()[:-1] + b',"provider":"\xff"}', LATEST),
        (_line(), datetime(2026, 3, 1, tzinfo=UTC)),
    ],
)
def test_a_doubtful_record_is_left_to_the_complete_decoder(line: bytes, latest: datetime) -> None:
    """Nothing is concluded from what is damaged, too large, from the future, or no usage event."""
    batch, plain = read_plain([line, _line()], KEY, LIMIT, max(latest, datetime(2026, 3, 2, tzinfo=UTC)))

    assert 0 not in plain.tolist()
    assert len(batch.rows) == len(plain)


def test_more_different_words_than_a_block_has_room_for_are_read_all_the_same() -> None:
    """A log of ever new finish reasons is read in full; only some of it the fast way."""
    lines = [_line(finish_reason=f"reason {number}") for number in range(100)]

    assert the_same(ADAPTER.decode(lines).batch, slowly(lines)[0])
    assert len(read_plain(lines, KEY, LIMIT, LATEST)[1]) == 64


def test_no_records_give_no_events() -> None:
    """An empty block is read into empty columns."""
    batch, plain = read_plain([], KEY, LIMIT, LATEST)

    assert len(batch.rows) == len(plain) == 0
    assert np.array_equal(batch.parts.first, [0])
