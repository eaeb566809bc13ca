from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.adapters import REASONS, make_adapter
from features.batch import Decoded, Lifecycle, Rejected
from features.hashing import HashKey
from tests.support.batches import plain
from tests.support.events import EVENTS, columns_without_addresses, expected, is_address

KEY = HashKey.from_secret("a secret of the tests")
GOOD = {"event_id": "e", "time": "2026-03-01T00:00:00Z", "account_id": "a"}


def _decode(*records: bytes | dict[str, Any], limit: int = 10_000) -> Decoded:
    lines = [record if isinstance(record, bytes) else json.dumps(record).encode() for record in records]
    return make_adapter("canonical", KEY, limit=limit).decode(lines)


@given(st.lists(EVENTS, max_size=6))
def test_columns_equal_a_plain_reference(events: list[dict[str, Any]]) -> None:
    """Random events become the columns that a field-by-field reference gives."""
    decoded = _decode(*events)

    found = plain(decoded.batch)
    assert decoded.rejected == []
    assert [
        {name: row[name] for name in columns_without_addresses() | {"parts", "sketched"}} for row in found
    ] == [expected(event, KEY) for event in events]
    assert [bool(row["ip"]) for row in found] == [is_address(event.get("client_ip")) for event in events]
    assert decoded.batch.accounts == list(dict.fromkeys(event["account_id"] for event in events))


@given(st.lists(st.binary(max_size=30) | EVENTS.map(lambda event: json.dumps(event).encode()), max_size=8))
def test_every_record_goes_to_exactly_one_place(records: list[bytes]) -> None:
    """Whatever bytes come in, each is an event, a lifecycle record or rejected with a known reason."""
    decoded = _decode(*records)

    lines = [rejected.line for rejected in decoded.rejected]
    assert decoded.lines == len(records)
    assert len(decoded.batch.rows) + len(decoded.lifecycle) + len(lines) == len(records)
    assert lines == sorted(set(lines))
    assert {rejected.reason for rejected in decoded.rejected} <= set(REASONS)


@given(EVENTS, st.integers(0, 200), st.integers(0, 255))
def test_damaged_events_never_raise(event: dict[str, Any], at: int, byte: int) -> None:
    """An event with one byte changed is read or rejected, and the good one after it is read."""
    record = bytearray(json.dumps(event).encode())
    record[at % len(record)] = byte

    decoded = _decode(bytes(record), GOOD)

    assert len(decoded.batch.rows) + len(decoded.lifecycle) + len(decoded.rejected) == 2
    assert 1 not in [rejected.line for rejected in decoded.rejected]


@pytest.mark.parametrize(
    ("change", "reason", "field"),
    [
        ({"event_id": None}, "missing_field", "event_id"),
        ({"event_id": ""}, "missing_field", "event_id"),
        ({"event_id": "x" * 513}, "out_of_range", "event_id"),
        ({"event_id": 7}, "wrong_type", "event_id"),
        ({"account_id": None}, "missing_field", "account_id"),
        ({"time": None}, "missing_field", "time"),
        ({"time": "0001-01-01T00:00:00Z"}, "bad_time", "time"),
        ({"time": "0001-01-01T00:00:00+14:00"}, "bad_time", "time"),
        ({"time": "9999-12-31T23:59:59Z"}, "bad_time", "time"),
        ({"time": "1999-12-31T23:59:59.999Z"}, "bad_time", "time"),
        ({"time": "2200-01-01T00:00:00Z"}, "bad_time", "time"),
        ({"time": "2026-03-01T00:00:00"}, "bad_time", "time"),
        ({"time": "yesterday"}, "bad_time", "time"),
        ({"time": 1772366400}, "bad_time", "time"),
        ({"input_tokens": -1}, "out_of_range", "input_tokens"),
        ({"input_tokens": 2**31}, "out_of_range", "input_tokens"),
        ({"input_tokens": 10**30}, "out_of_range", "input_tokens"),
        ({"input_tokens": 1.5}, "wrong_type", "input_tokens"),
        ({"input_tokens": "12"}, "wrong_type", "input_tokens"),
        ({"temperature": -0.1}, "out_of_range", "temperature"),
        ({"stream": 1}, "wrong_type", "stream"),
        ({"messages": "Hi"}, "wrong_type", "messages"),
        ({"messages": [{"role": "user", "content": 5}]}, "wrong_type", "messages[0].content"),
        ({"kind": "party"}, "unknown_kind", "kind"),
        ({"kind": "ban", "account_id": None}, "missing_field", "account_id"),
        ({"kind": "model_release"}, "missing_field", "model"),
        ({"kind": "ban", "time": "0001-01-01T00:00:00Z"}, "bad_time", "time"),
    ],
)
def test_a_bad_field_is_named(change: dict[str, Any], reason: str, field: str) -> None:
    """A bad field gives its reason and name, beside good records that are read."""
    decoded = _decode(GOOD, GOOD | change, GOOD)

    (rejected,) = decoded.rejected
    assert (rejected.line, rejected.reason) == (1, reason)
    assert rejected.detail.startswith(f"{field}: ")
    assert "; " in rejected.detail
    assert len(decoded.batch.rows) == 2


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (b'{"event_id": "e", "time": "2026-03-01T00:00:00Z", "accou', "not_json"),
        (b"", "not_json"),
        (b"\0\0\0", "not_json"),
        (b"{'event_id': 1}", "not_json"),
        (b'{"event_id": "a\0b"}', "not_json"),
        (b'{"event_id": "\\ud800', "not_json"),
        (b'{"event_id": "\\ud80x"}', "not_json"),
        (b'{"temperature": NaN}', "not_json"),
        (b'{"temperature": 1e400}', "out_of_range"),
        (b'{"event_id": "\xff\xfe"}', "not_utf8"),
        (b'{"response": "\xed\xa0\x80"}', "not_utf8"),
        (b"[1, 2]", "wrong_type"),
        (b"null", "wrong_type"),
        (b'{"response_format": ' + b"[" * 9000, "too_deep"),
        (b'{"unknown": ' + b'{"a":' * 1500 + b"1.0" + b"}" * 1501, "too_deep"),
        (b'{"event_id": "' + b"x" * 10_000, "too_large"),
    ],
)
def test_a_bad_record_is_rejected(record: bytes, reason: str) -> None:
    """A record that cannot be read at all says why, and the records around it are read."""
    decoded = _decode(GOOD, record, GOOD)

    assert [(r.line, r.reason) for r in decoded.rejected] == [(1, reason)]
    assert len(decoded.batch.rows) == 2


def test_details_never_quote_content() -> None:
    """No value of a record appears in what is said about it."""
    secrets = [
        b'{"event_id": "SECRET", "time": "SECRET"}',
        b'{"messages": [{"role": "user", "content": {"SECRET": "SECRET"}}]}',
        b'{"sketch": {"SECRET": 1e400}}',
        b'{"kind": "SECRET"}',
        b'{"response": "SECRET \xff SECRET"}',
        b'"SECRET"',
        b"SECRET",
    ]

    decoded = _decode(*secrets)

    assert len(decoded.rejected) == len(secrets)
    assert not [rejected for rejected in decoded.rejected if "SECRET" in rejected.detail]


def test_lifecycle_records_are_kept_apart() -> None:
    """Bans, unbans and model releases become lifecycle values, never events."""
    decoded = _decode(
        GOOD,
        {"kind": "ban", "time": "2026-03-01T00:00:01Z", "account_id": "a"},
        {"kind": "unban", "time": "2026-03-01T00:00:02Z", "account_id": "a"},
        {"kind": "model_release", "time": "2026-03-01T00:00:03Z", "model": "m", "account_id": "x"},
    )

    start = 1772323200000
    assert decoded.lifecycle == [
        Lifecycle("ban", start + 1000, "a"),
        Lifecycle("unban", start + 2000, "a"),
        Lifecycle("model_release", start + 3000, "m"),
    ]
    assert len(decoded.batch.rows) == 1
    assert decoded.rejected == []


def test_whole_numbers_may_be_written_as_floats() -> None:
    """Integers written as 256.0, as data frames do, are read, however the other fields look."""
    event = GOOD | {"output_tokens": 256.0, "status": 2e2, "temperature": 1.0, "seed": 3.0}

    (row,) = _decode(event).batch.rows

    assert (row["output_tokens"], row["status"], row["temperature"], row["seeded"]) == (256, 200, 1000, 1)


@pytest.mark.parametrize("number", ["1e999", "9" * 5000])
def test_an_unknown_field_rejects_nothing_beside_whole_numbers_written_as_floats(number: str) -> None:
    """What nobody knows is passed over, whether or not a field that is known needs tolerance."""
    head = json.dumps(GOOD)[:-1]

    assert not _decode(f'{head}, "status": 200.0, "zzz": [{number}]}}'.encode()).rejected
    (bad,) = _decode(f'{head}, "status": 200.0, "zzz": 1, "latency_ms": {number}}}'.encode()).rejected
    assert bad.reason == "out_of_range"
    assert bad.detail.startswith("latency_ms: ")


def test_country_reaches_no_column() -> None:
    """Two events that differ in `client_country` alone are the same in every column."""
    rows = _decode(GOOD | {"client_country": "NL"}, GOOD | {"client_country": "CN"}).batch.rows

    assert rows[0] == rows[1]


def test_durations_beyond_32_bits_are_cut() -> None:
    """The longest latency fills its column, and still moves the event's availability exactly."""
    longest = 30 * 86_400_000

    (row,) = _decode(GOOD | {"latency_ms": longest}).batch.rows

    assert row["latency_ms"] == 2**31 - 1
    assert row["available"] - row["time"] == longest


def test_an_implausible_account_age_is_no_age() -> None:
    """A zero time in `account_created` is a missing fact, not a reason to lose the event."""
    rows = _decode(*(GOOD | {"account_created": f"{y}-01-01T00:00:00Z"} for y in ("0001", "9999"))).batch.rows

    assert rows["account_created"].tolist() == [-1, -1]


def test_a_large_block_equals_its_records_one_by_one() -> None:
    """How records are cut into blocks does not matter, good and bad ones mixed."""
    records = [
        json.dumps(
            GOOD | {"event_id": f"e{i}", "account_id": f"a{i % 7}", "response": "ü" * (i % 5)}
        ).encode()
        if i % 50
        else b"{"
        for i in range(1000)
    ]

    whole = _decode(*records)
    singly = [_decode(record) for record in records]

    assert plain(whole.batch) == [row for one in singly for row in plain(one.batch)]
    assert [r.line for r in whole.rejected] == list(range(0, 1000, 50))
    assert whole.rejected[0] == Rejected(0, "not_json", singly[0].rejected[0].detail)


def test_a_million_accounts_fit_one_batch() -> None:
    """Account names are numbered in first-seen order however many there are."""
    records = [
        b'{"event_id":"e","time":"2026-03-01T00:00:00Z","account_id":"a%d"}' % i for i in range(1_000_000)
    ]

    batch = make_adapter("canonical", KEY).decode(records).batch

    assert len(batch.accounts) == 1_000_000
    assert np.array_equal(batch.rows["account"], np.arange(1_000_000))


def test_no_records_give_an_empty_batch() -> None:
    """An empty block decodes to nothing at all."""
    decoded = _decode()

    assert (decoded.lines, len(decoded.batch.rows), decoded.batch.accounts) == (0, 0, [])
    assert decoded.batch.parts.first.tolist() == [0]


@pytest.mark.parametrize("field", ["account_id", "event_id"])
def test_no_remedy_leads_to_the_next_error(field: str) -> None:
    """What a record needs is not to be left out of it."""
    event = {"event_id": "e", "time": "2026-03-02T00:00:09Z", "account_id": "a"} | {field: 7}

    (rejected,) = make_adapter("canonical", KEY).decode([json.dumps(event).encode()]).rejected

    assert rejected.reason == "wrong_type"
    assert "every record needs one" in rejected.detail
