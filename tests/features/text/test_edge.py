from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.rows import SKETCH_ROW
from features.text.edge import EdgeVersion

SIZE = SKETCH_ROW.itemsize
EDGE = EdgeVersion(kernel=1, weights="w1", key="k1")


@given(st.lists(st.binary(min_size=SIZE, max_size=SIZE), max_size=4))
def test_rows_survive_the_wire_bit_for_bit(raws: list[bytes]) -> None:
    """What the edge encodes is what the reader decodes, through JSON."""
    rows = np.frombuffer(b"".join(raws), dtype=SKETCH_ROW)
    sent = json.loads(json.dumps(EDGE.encode(rows)))
    assert EDGE.rows(sent).tobytes() == b"".join(raws)
    assert [EDGE.complaint(sketch) for sketch in sent] == [None] * len(raws)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"v": 2}, "v"),
        ({"v": True}, "v"),
        ({"kernel": 9}, "kernel"),
        ({"weights": "other"}, "weights"),
        ({"key": None}, "key"),
        ({"data": "AAAA"}, "data"),
        ({"data": "not base64 \u2603"}, "data"),
        ({"data": 3}, "data"),
    ],
)
def test_a_foreign_sketch_is_refused_with_its_field_and_a_remedy(
    change: dict[str, object], named: str
) -> None:
    """A sketch of another version, key or length is complained about by field."""
    sent = EDGE.encode(np.ones(1, dtype=SKETCH_ROW))[0]
    complaint = EDGE.complaint({**sent, **change})
    assert complaint is not None
    assert complaint.startswith(named)
    assert ";" in complaint
