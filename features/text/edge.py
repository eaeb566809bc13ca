"""Sketches on the wire: the fixed-size JSON object that a gateway's side sends instead of text.

`{"v": 1, "kernel": ..., "weights": ..., "key": ..., "data": base64 of the row}`. Rows are comparable only
when made by the same kernel under the same key with the same weights, so each is checked when reading.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from features.rows import SKETCH_ROW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

FORMAT: Final = 1

_REMEDIES: Final = MappingProxyType(
    {
        "v": "use the same release at the edge and here",
        "kernel": "use the same release at the edge and here",
        "weights": "deploy the same purpose weights at the edge and here",
        "key": "give the edge the hashing key used here",
    }
)


@dataclass(frozen=True, slots=True)
class EdgeVersion:
    """What must be the same on both sides of the wire."""

    kernel: int
    weights: str
    key: str

    def encode(self, rows: NDArray[np.void]) -> list[dict[str, Any]]:
        """One JSON-ready object a row; rows have dtype SKETCH_ROW, shape (n,)."""
        return [{**self._head(), "data": base64.b64encode(row.tobytes()).decode("ascii")} for row in rows]

    def complaint(self, sketch: dict[str, Any]) -> str | None:
        """What keeps a sketch from being used, or None; names the field and the remedy, quotes nothing."""
        for field, value in self._head().items():
            if sketch.get(field) != value or isinstance(sketch.get(field), bool):
                return f"{field} is not {value!r}; {_REMEDIES[field]}"
        if len(_raw(sketch)) != SKETCH_ROW.itemsize:
            size = SKETCH_ROW.itemsize
            return f"data is not base64 of {size} bytes; send what the edge library made, unchanged"
        return None

    def rows(self, sketches: Sequence[dict[str, Any]]) -> NDArray[np.void]:
        """Rows of sketches without a complaint, shape (n,), dtype SKETCH_ROW."""
        return np.frombuffer(b"".join(map(_raw, sketches)), dtype=SKETCH_ROW)

    def _head(self) -> dict[str, int | str]:
        return {"v": FORMAT, "kernel": self.kernel, "weights": self.weights, "key": self.key}


def _raw(sketch: dict[str, Any]) -> bytes:
    data = sketch.get("data")
    try:
        return base64.b64decode(data, validate=True) if isinstance(data, str) else b""
    except (binascii.Error, ValueError):
        return b""
