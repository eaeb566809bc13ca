"""Sketches made at the edge: a complaint, or a row that encodes to the same again."""

from __future__ import annotations

from typing import Any

import msgspec

from features.rows import SKETCH_ROW
from tests.fuzz.parts import EDGE


def fuzz(data: bytes) -> None:
    """The bytes as a whole sketch, and as the data of one that is otherwise sound."""
    sound = EDGE.encode(EDGE.rows([]))
    assert not sound
    for sketch in (_object(data), {"v": 1, "kernel": EDGE.kernel, "weights": EDGE.weights, "key": EDGE.key,
                                   "data": data.decode("latin-1")}):  # fmt: skip
        if EDGE.complaint(sketch) is None:
            rows = EDGE.rows([sketch])
            assert rows.dtype == SKETCH_ROW
            assert EDGE.rows(EDGE.encode(rows)).tobytes() == rows.tobytes()


def _object(data: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(data, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
