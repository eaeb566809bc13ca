"""How many events of a block had which fields: what a log stops saying is lost to every feature."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

from features.rows import MISSING
from features.text.parts import RESPONSE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from features.batch import Decoded, EventBatch
    from features.text.parts import TextParts

_COLUMNS: Final = MappingProxyType(
    {
        "client_ip": ("ip",),
        "client_asn": ("asn",),
        "user_agent": ("user_agent",),
        "api_key": ("api_key",),
        "session": ("session",),
        "device": ("device",),
        "payment": ("payment",),
        "model": ("model",),
        "status": ("status",),
        "latency": ("latency_ms",),
        "tokens": ("input_tokens", "output_tokens"),
        "parameters": ("temperature", "top_p", "max_tokens", "n"),
    }
)
"""columns of EVENT_ROW by field; one of them is enough"""

FIELDS: Final = ("account", *_COLUMNS, "content", "response")


@dataclass(frozen=True, slots=True)
class Logged:
    """Events with and without a field."""

    yes: int
    no: int


def fields_logged(decoded: Decoded) -> dict[str, Logged]:
    """By each of `FIELDS`, how many of a block's events had it.

    An account is lacking in what was rejected for a required field; everything else is counted over the
    events. Content is a message that is not empty, or a sketch made of one.
    """
    events = len(decoded.batch.rows)
    unnamed = sum(rejected.reason == "missing_field" for rejected in decoded.rejected)
    counts = {"account": Logged(events, unnamed)}
    for field, columns in _COLUMNS.items():
        counts[field] = _logged(_present(decoded.batch.rows, columns))
    for field, present in zip(("content", "response"), _texts(decoded.batch), strict=True):
        counts[field] = _logged(present)
    return counts


def fields_of_rows(rows: NDArray[np.void], sketches: NDArray[np.void]) -> dict[str, int]:
    """By each of `FIELDS` but the account, how many events had it, told from EVENT_ROW and SKETCH_ROW."""
    counts = {field: int(np.count_nonzero(_present(rows, columns))) for field, columns in _COLUMNS.items()}
    counts["content"] = int(np.count_nonzero(sketches["input_bytes"]))
    counts["response"] = int(np.count_nonzero(sketches["response_bytes"]))
    return counts


def _logged(present: NDArray[np.bool_]) -> Logged:
    yes = int(np.count_nonzero(present))
    return Logged(yes, len(present) - yes)


def _present(rows: NDArray[np.void], columns: Sequence[str]) -> NDArray[np.bool_]:
    first, *others = (rows[column] for column in columns)
    present: NDArray[np.bool_] = first != _absent(first)
    for values in others:
        present |= values != _absent(values)
    return present


def _absent(values: NDArray[np.void]) -> int:
    """Identifiers are hashes, 0 where there was none; numbers are signed."""
    return 0 if values.dtype.kind == "u" else MISSING


def _texts(batch: EventBatch) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether an event has content, and whether it has an answer; each of shape (n,)."""
    parts, sketches = batch.parts, batch.sketches
    # A gateway that redacts leaves messages without a byte.
    told = np.diff(parts.offsets) > 0
    answer = parts.roles == RESPONSE
    content = _events_with(told & ~answer, parts) | (batch.sketched & (sketches["input_bytes"] > 0))
    return content, _events_with(told & answer, parts) | (batch.sketched & (sketches["response_bytes"] > 0))


def _events_with(chosen: NDArray[np.bool_], parts: TextParts) -> NDArray[np.bool_]:
    """The events that own one of the chosen parts."""
    before = np.concatenate([[0], np.cumsum(chosen)])[parts.first]
    events: NDArray[np.bool_] = np.diff(before) > 0
    return events
