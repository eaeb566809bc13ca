from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.adapters import FORMATS, REASONS, make_adapter
from features.adapters.base import RecordError
from features.adapters.otlp_export import split_json, split_protobuf
from features.adapters.reasons import UNREADABLE
from features.hashing import HashKey

if TYPE_CHECKING:
    from collections.abc import Callable

    from features.adapters.otlp_export import Export

KEY = HashKey.from_secret("a secret of the tests")
GOLDEN = Path(__file__).parent / "golden"
FOREIGN = [name for name in FORMATS if name not in {"canonical", "litellm"}]
RECORDS = {
    name: [
        record
        for path in sorted((GOLDEN / name).glob("*.json"))
        for record in json.loads(path.read_text())["records"]
    ]
    for name in FOREIGN
}
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.sampled_from(["9" * 5000, "1e999", "-1", "{", "[1]", '{"a": 1}', "x" * 600, 10**400, -1, 2**63])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["role", "content", "text", "parts", "type", "body", "choices", "message", "usage", "0"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


@st.composite
def changed(draw: st.DrawFn, name: str) -> Any:
    """A golden record in which some values, at any depth, are something else."""
    record = copy.deepcopy(draw(st.sampled_from(RECORDS[name])))
    for _ in range(draw(st.integers(1, 3))):
        node = record
        while True:
            keys = list(node) if isinstance(node, dict) else list(range(len(node)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(node[key], dict | list) and draw(st.booleans()):
                node = node[key]
                continue
            node[key] = draw(VALUES)
            break
    return record


@pytest.mark.parametrize("name", FOREIGN)
@settings(max_examples=40, deadline=None)
@given(st.data())
def test_changed_records_never_raise(name: str, data: st.DataObject) -> None:
    """A record with strange values is read or rejected with a known reason, and the next one is read."""
    record = json.dumps(data.draw(changed(name))).encode()

    decoded = make_adapter(name, KEY).decode([record, b"{"])

    assert decoded.lines == len(decoded.batch.rows) + len(decoded.rejected)
    assert decoded.rejected[-1].line == 1
    assert {one.reason for one in decoded.rejected} <= set(REASONS)
    assert all(": " in one.detail for one in decoded.rejected)


@pytest.mark.parametrize("name", FOREIGN)
@settings(max_examples=40, deadline=None)
@given(st.data())
def test_whatever_is_read_is_an_event_of_our_own_format(name: str, data: st.DataObject) -> None:
    """Types and limits of the contract hold in every event, so that it can be stored and read again."""
    record = json.dumps(data.draw(changed(name))).encode()
    try:
        event = make_adapter(name, KEY).read(record)
    except (RecordError, *UNREADABLE):
        return

    assert make_adapter("canonical", KEY).read(msgspec.json.encode(event)) == event


@pytest.mark.parametrize("name", FOREIGN)
@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.binary(max_size=40) | st.sampled_from([b"", b"[]", b"{}", b"null", b"\n{", b"[" * 9000]),
        max_size=6,
    )
)
def test_no_bytes_raise(name: str, records: list[bytes]) -> None:
    """Whatever bytes come in, each record is an event or rejected, and none is lost."""
    decoded = make_adapter(name, KEY).decode(records)

    assert decoded.lines == len(decoded.batch.rows) + len(decoded.rejected)
    assert {one.line for one in decoded.rejected} == set(range(len(records)))


@pytest.mark.parametrize("split", [split_json, split_protobuf])
@given(body=st.binary(max_size=200))
def test_no_bytes_break_the_splitting_of_exports(split: Callable[[bytes], Export], body: bytes) -> None:
    """An export is split, or refused with a known reason."""
    try:
        found: Export | str = split(body)
    except RecordError as error:
        found = error.reason

    assert found in REASONS if isinstance(found, str) else found.left_out >= 0
