from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.rows import SKETCH_ROW
from features.text.edge import decode_sketches, encode_sketches

SIZE = SKETCH_ROW.itemsize


@given(st.lists(st.binary(min_size=SIZE, max_size=SIZE), max_size=4))
def test_rows_survive_the_wire_bit_for_bit(raws: list[bytes]) -> None:
    """What the edge encodes is what the reader decodes, through JSON."""
    rows = np.frombuffer(b"".join(raws), dtype=SKETCH_ROW)
    sent = json.loads(json.dumps(encode_sketches(rows, 1, "w1", "k1")))
    received, errors = decode_sketches(sent, 1, "w1", "k1")
    assert received.tobytes() == b"".join(raws)
    assert errors == [None] * len(raws)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"v": 2}, "sketch.v"),
        ({"v": True}, "sketch.v"),
        ({"kernel": 9}, "sketch.kernel"),
        ({"weights": "other"}, "sketch.weights"),
        ({"key": None}, "sketch.key"),
        ({"data": "AAAA"}, "sketch.data"),
        ({"data": "not base64 \u2603"}, "sketch.data"),
        ({"data": 3}, "sketch.data"),
    ],
)
def test_a_foreign_sketch_is_refused_with_its_field_and_a_remedy(
    change: dict[str, object], named: str
) -> None:
    """A sketch of another version, key or length is an error and leaves a zero row."""
    sent = encode_sketches(np.ones(1, dtype=SKETCH_ROW), 1, "w1", "k1")[0]
    rows, errors = decode_sketches([{**sent, **change}], 1, "w1", "k1")
    assert errors[0] is not None
    assert errors[0].startswith(named)
    assert ";" in errors[0]
    assert not any(rows.tobytes())


def test_something_that_is_no_object_is_refused() -> None:
    """A sketch field of another JSON type is an error, not an exception."""
    rows, errors = decode_sketches([None, 3, "x", []], 1, "w1", "k1")
    assert len(rows) == 4
    assert all(error is not None for error in errors)
