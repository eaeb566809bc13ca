"""Decoded events into columns: from one Python object an event to one array a field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from msgspec.structs import astuple

from features.batch import EventBatch
from features.batch_ops import concat_parts
from features.codes import effort_codes, finish_codes, human_codes
from features.contract import UsageEvent
from features.identity import hash_addresses, hash_columns
from features.messages import text_parts
from features.rows import EVENT_ROW, MISSING, SKETCH_ROW
from features.times import epoch_ms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from features.hashing import HashKey
    from features.text.edge import EdgeVersion
    from features.text.parts import TextParts

# column of the row, field of the event
HASHED: Final = (
    ("event", "event_id"),
    ("org", "org_id"),
    ("api_key", "api_key_id"),
    ("end_user", "end_user_id"),
    ("session", "session_id"),
    ("model", "model"),
    ("user_agent", "user_agent"),
    ("ja4", "ja4"),
    ("device", "device_id"),
    ("payment", "payment_fingerprint"),
    ("signup", "signup_channel"),
    ("plan", "plan"),
    ("tools", "tools_hash"),
)
NUMBERS: Final = (
    ("asn", "client_asn", 1),
    ("input_tokens", "input_tokens", 1),
    ("output_tokens", "output_tokens", 1),
    ("cached_tokens", "cached_input_tokens", 1),
    ("reasoning_tokens", "reasoning_tokens", 1),
    ("max_tokens", "max_tokens", 1),
    ("n", "n", 1),
    ("tool_count", "tool_count", 1),
    ("top_logprobs", "top_logprobs", 1),
    ("logit_bias", "logit_bias_size", 1),
    ("status", "status", 1),
    ("stream", "stream", 1),
    ("logprobs", "logprobs", 1),
    ("latency_ms", "latency_ms", 1),
    ("ttft_ms", "ttft_ms", 1),
    ("temperature", "temperature", 1000),
    ("top_p", "top_p", 1000),
)
OUR_OWN: Final = "stillwatch"
"""Who refused a request, if our own hook did."""
_INT32_MAX: Final = 2**31 - 1


Columns = Mapping[str, Sequence[Any]]


class BatchBuilder:
    """Makes one batch of up to `capacity` events, added some at a time.

    Numbers are rounded to the row's unit, half to even, and cut at its 32 bits. Where an event lies is
    known only by hashes of its address; `client_country` reaches no column.
    """

    def __init__(self, capacity: int, key: HashKey, edge: EdgeVersion | None = None) -> None:
        self._key = key
        self._edge = edge
        self._rows = np.zeros(capacity, dtype=EVENT_ROW)
        self._sketches = np.zeros(capacity, dtype=SKETCH_ROW)
        self._sketched = np.zeros(capacity, dtype=np.bool_)
        self._accounts: dict[str, int] = {}
        self._parts: list[TextParts] = []
        self._count = 0

    def add(self, events: Sequence[UsageEvent]) -> None:
        """Add `events`, each of which has its id, account and time."""
        if not events:
            return
        columns = _transpose(events)
        filled = slice(self._count, self._count + len(events))
        rows = self._rows[filled]
        _fill_identities(rows, columns, self._key)
        _fill_times(rows, columns)
        # null becomes NaN; float64 holds every count exactly
        fill_numbers(rows, np.array([columns[field] for _, field, _ in NUMBERS], dtype=np.float64))
        _fill_codes(rows, columns)
        rows["account"] = self._account_indices(columns["account_id"])
        if self._edge is not None:
            sketches = columns["sketch"]
            sent = np.array([sketch is not None for sketch in sketches], dtype=np.bool_)
            self._sketches[filled][sent] = self._edge.rows([s for s in sketches if s is not None])
            self._sketched[filled] = sent
        self._parts.append(text_parts(columns))
        self._count += len(events)

    def finish(self) -> EventBatch:
        """The batch of all events added."""
        n = self._count
        parts = concat_parts(self._parts)
        return EventBatch(self._rows[:n], list(self._accounts), parts, self._sketches[:n], self._sketched[:n])

    def _account_indices(self, names: Sequence[str]) -> list[int]:
        number = self._accounts
        return [number.setdefault(name, len(number)) for name in names]


def _transpose(events: Sequence[UsageEvent]) -> Columns:
    return dict(zip(UsageEvent.__struct_fields__, zip(*map(astuple, events), strict=True), strict=True))


def _fill_identities(rows: NDArray[np.void], columns: Columns, key: HashKey) -> None:
    hashes = hash_columns([columns[field] for _, field in HASHED], key)
    for (name, _), values in zip(HASHED, hashes, strict=True):
        rows[name] = values
    rows["ip"], rows["ip_net"] = hash_addresses(columns["client_ip"], key)


def _fill_times(rows: NDArray[np.void], columns: Columns) -> None:
    rows["time"] = epoch_ms(columns["time"])
    rows["account_created"] = epoch_ms(columns["account_created"])
    latency = np.array([value or 0.0 for value in columns["latency_ms"]], dtype=np.float64)
    rows["available"] = rows["time"] + np.rint(latency).astype(np.int64)


def fill_numbers(rows: NDArray[np.void], values: NDArray[np.float64]) -> None:
    """Numbers in the log's units, shape (NUMBERS, n), into their columns; NaN becomes `MISSING`."""
    scaled = np.rint(values * np.array([[scale] for _, _, scale in NUMBERS]))
    whole = np.where(np.isnan(scaled), MISSING, np.minimum(scaled, _INT32_MAX)).astype(np.int32)
    for (name, _, _), column in zip(NUMBERS, whole, strict=True):
        rows[name] = column


def _fill_codes(rows: NDArray[np.void], columns: Columns) -> None:
    rows["seeded"] = [value is not None for value in columns["seed"]]
    rows["formatted"] = [value is not None for value in columns["response_format"]]
    rows["denied"] = [value == OUR_OWN for value in columns["denied_by"]]
    rows["effort"] = effort_codes(columns["reasoning_effort"])
    rows["human"] = human_codes(columns["human_token"])
    rows["finish"] = finish_codes(columns["finish_reason"], columns["error_type"])
