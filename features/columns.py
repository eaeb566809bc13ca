"""Decoded events into columns: from one Python object an event to one array a field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from msgspec.structs import astuple

from features.batch import EventBatch
from features.codes import effort_codes, finish_codes, human_codes
from features.contract import UsageEvent
from features.identity import hash_addresses, hash_columns
from features.messages import text_parts
from features.rows import EVENT_ROW, MISSING, SKETCH_ROW
from features.times import epoch_ms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from features.hashing import HashKey

# column of the row, field of the event
_HASHED: Final = (
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
_COUNTS: Final = (
    ("asn", "client_asn"),
    ("input_tokens", "input_tokens"),
    ("output_tokens", "output_tokens"),
    ("cached_tokens", "cached_input_tokens"),
    ("reasoning_tokens", "reasoning_tokens"),
    ("max_tokens", "max_tokens"),
    ("n", "n"),
    ("tool_count", "tool_count"),
    ("top_logprobs", "top_logprobs"),
    ("logit_bias", "logit_bias_size"),
    ("status", "status"),
    ("stream", "stream"),
    ("logprobs", "logprobs"),
)
_SCALED: Final = (
    ("latency_ms", "latency_ms", 1.0),
    ("ttft_ms", "ttft_ms", 1.0),
    ("temperature", "temperature", 1000.0),
    ("top_p", "top_p", 1000.0),
)
_INT32_MAX: Final = 2**31 - 1


Columns = Mapping[str, Sequence[Any]]


def event_batch(events: Sequence[UsageEvent], key: HashKey) -> EventBatch:
    """The batch of `events`, each of which has its id, account and time.

    Numbers are rounded to the row's unit, half to even, and cut at its 32 bits. Where an event lies is
    known only by hashes of its address; `client_country` reaches no column.
    """
    columns = _transpose(events)
    rows = np.zeros(len(events), dtype=EVENT_ROW)
    _fill_identities(rows, columns, key)
    _fill_times(rows, columns)
    _fill_numbers(rows, columns)
    _fill_codes(rows, columns)
    accounts, rows["account"] = _index(columns["account_id"])
    sketches, sketched = edge_sketches(columns["sketch"])
    return EventBatch(rows, accounts, text_parts(columns), sketches, sketched)


def edge_sketches(
    objects: Sequence[dict[str, Any] | None],
) -> tuple[NDArray[np.void], NDArray[np.bool_]]:
    """The rows of events that came with a sketch made at the edge, and which they are; each of shape (n,)."""
    return np.zeros(len(objects), dtype=SKETCH_ROW), np.zeros(len(objects), dtype=np.bool_)


def _transpose(events: Sequence[UsageEvent]) -> Columns:
    if not events:
        return dict.fromkeys(UsageEvent.__struct_fields__, ())
    return dict(zip(UsageEvent.__struct_fields__, zip(*map(astuple, events), strict=True), strict=True))


def _fill_identities(rows: NDArray[np.void], columns: Columns, key: HashKey) -> None:
    hashes = hash_columns([columns[field] for _, field in _HASHED], key)
    for (name, _), values in zip(_HASHED, hashes, strict=True):
        rows[name] = values
    rows["ip"], rows["ip_net"] = hash_addresses(columns["client_ip"], key)


def _fill_times(rows: NDArray[np.void], columns: Columns) -> None:
    rows["time"] = epoch_ms(columns["time"])
    rows["account_created"] = epoch_ms(columns["account_created"])
    latency = np.array([value or 0.0 for value in columns["latency_ms"]], dtype=np.float64)
    rows["available"] = rows["time"] + np.rint(latency).astype(np.int64)


def _fill_numbers(rows: NDArray[np.void], columns: Columns) -> None:
    together = chain.from_iterable([columns[field] for _, field in _COUNTS])
    counts = np.array([MISSING if value is None else value for value in together], dtype=np.int32)
    for (name, _), values in zip(_COUNTS, counts.reshape(len(_COUNTS), -1), strict=True):
        rows[name] = values
    for name, field, scale in _SCALED:
        # null becomes NaN
        scaled = np.rint(np.array(columns[field], dtype=np.float64) * scale)
        rows[name] = np.where(np.isnan(scaled), MISSING, np.minimum(scaled, _INT32_MAX))


def _fill_codes(rows: NDArray[np.void], columns: Columns) -> None:
    rows["seeded"] = [value is not None for value in columns["seed"]]
    rows["formatted"] = [value is not None for value in columns["response_format"]]
    rows["denied"] = [value == "stillwatch" for value in columns["denied_by"]]
    rows["effort"] = effort_codes(columns["reasoning_effort"])
    rows["human"] = human_codes(columns["human_token"])
    rows["finish"] = finish_codes(columns["finish_reason"], columns["error_type"])


def _index(names: Sequence[str]) -> tuple[list[str], NDArray[np.int32]]:
    number: dict[str, int] = {}
    index = [number.setdefault(name, len(number)) for name in names]
    return list(number), np.array(index, dtype=np.int32)
