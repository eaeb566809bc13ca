"""Sketches on the wire: the fixed-size JSON object that a gateway's side sends instead of text.

`{"v": 1, "kernel": ..., "weights": ..., "key": ..., "data": base64 of the row}`. Rows are comparable only
when made by the same kernel under the same key with the same weights, so each is checked when reading.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from features.rows import SKETCH_ROW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

FORMAT: Final = 1


def encode_sketches(
    rows: NDArray[np.void], kernel_version: int, weights_version: str, key_name: str
) -> list[dict[str, Any]]:
    """One JSON-ready object a row; rows have dtype SKETCH_ROW, shape (n,)."""
    head = {"v": FORMAT, "kernel": kernel_version, "weights": weights_version, "key": key_name}
    return [{**head, "data": base64.b64encode(row.tobytes()).decode("ascii")} for row in rows]


def decode_sketches(
    objects: Sequence[object],
    kernel_version: int,
    weights_version: str,
    key_name: str,
) -> tuple[NDArray[np.void], list[str | None]]:
    """Rows of `objects`, shape (n,), and for each an error or None; the row of an error is zero.

    An error names the field, what was expected and the remedy, and never quotes the payload.
    """
    rows = np.zeros(len(objects), dtype=SKETCH_ROW)
    wanted = {"v": FORMAT, "kernel": kernel_version, "weights": weights_version, "key": key_name}
    errors = [_decode(found, wanted, rows[i : i + 1]) for i, found in enumerate(objects)]
    return rows, errors


_REMEDIES: Final = {
    "v": "use the same release at the edge and here",
    "kernel": "use the same release at the edge and here",
    "weights": "deploy the same purpose weights at the edge and here",
    "key": "give the edge the hashing key used here",
}


def _decode(found: object, wanted: dict[str, Any], row: NDArray[np.void]) -> str | None:
    if not isinstance(found, dict):
        return "sketch: not a JSON object; send what the edge library made, unchanged"
    for field, value in wanted.items():
        if found.get(field) != value or isinstance(found.get(field), bool):
            return f"sketch.{field}: is not {value!r}; {_REMEDIES[field]}"
    data = found.get("data")
    try:
        raw = base64.b64decode(data, validate=True) if isinstance(data, str) else b""
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != SKETCH_ROW.itemsize:
        return (
            f"sketch.data: is not base64 of {SKETCH_ROW.itemsize} bytes; "
            "send what the edge library made, unchanged"
        )
    row.view(np.uint8)[:] = np.frombuffer(raw, dtype=np.uint8)
    return None
