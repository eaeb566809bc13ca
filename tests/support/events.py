"""Random canonical events, and the row that each must become, computed field by field in plain Python."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from features.rows import EVENT_ROW
from tests.support.siphash import siphash

if TYPE_CHECKING:
    from features.hashing import HashKey

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
COUNT = st.integers(0, 2**31 - 1)
TEXT = st.text(max_size=8)
TIMES = st.datetimes(
    min_value=datetime(2000, 1, 2),  # noqa: DTZ001 - the strategy adds the zone
    max_value=datetime(2199, 12, 30),  # noqa: DTZ001 - as above
    timezones=st.sampled_from([UTC]),
).map(lambda time: time.isoformat().replace("+00:00", "Z"))
CONTENT = TEXT | st.lists(
    st.fixed_dictionaries({}, optional={"type": TEXT, "text": st.none() | TEXT}), max_size=3
)
ROLES = {"system": 0, "developer": 0, "user": 1, "assistant": 2, "tool": 3, "function": 3}
FINISH = {
    "stop": 0,
    "END_TURN": 0,
    "stop_sequence": 0,
    "length": 1,
    "max_tokens": 1,
    "tool_calls": 2,
    "function_call": 2,
    "tool_use": 2,
    "content_filter": 3,
    "refusal": 3,
    "SAFETY": 3,
    "anything": 4,
}
ERRORS = {"rate_limit_error": False, "ContentPolicyViolationError": True, "content_filter": True, "": False}
EFFORT = {"none": 0, "minimal": 1, "low": 1, "medium": 2, "high": 3, "xhigh": 3, "odd": -1}
HUMAN = {"none": 0, "valid": 1, "invalid": 2, "odd": -1}

HASHED = {
    "event": "event_id",
    "org": "org_id",
    "api_key": "api_key_id",
    "end_user": "end_user_id",
    "session": "session_id",
    "model": "model",
    "user_agent": "user_agent",
    "ja4": "ja4",
    "device": "device_id",
    "payment": "payment_fingerprint",
    "signup": "signup_channel",
    "plan": "plan",
    "tools": "tools_hash",
}
COUNTS = {
    "asn": "client_asn",
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "cached_tokens": "cached_input_tokens",
    "reasoning_tokens": "reasoning_tokens",
    "max_tokens": "max_tokens",
    "n": "n",
    "tool_count": "tool_count",
    "top_logprobs": "top_logprobs",
    "logit_bias": "logit_bias_size",
    "status": "status",
}


def _optional() -> dict[str, st.SearchStrategy[Any]]:
    limits = {"n": 100_000, "status": 999}
    fields: dict[str, st.SearchStrategy[Any]] = {
        name: st.integers(0, limits.get(name, 2**31 - 1)) for name in COUNTS.values()
    }
    fields |= {name: TEXT for name in HASHED.values() if name != "event_id"}
    fields |= {name: st.floats(0, 30 * 86_400_000.0) for name in ("latency_ms", "ttft_ms")}
    fields |= {"temperature": st.floats(0, 100), "top_p": st.floats(0, 1), "seed": st.integers()}
    fields |= {"stream": st.booleans(), "logprobs": st.booleans(), "response_format": TEXT | st.just({})}
    fields |= {"finish_reason": st.sampled_from([*FINISH]), "error_type": st.sampled_from([*ERRORS])}
    fields |= {"reasoning_effort": st.sampled_from([*EFFORT]), "human_token": st.sampled_from([*HUMAN])}
    fields |= {"denied_by": st.sampled_from(["stillwatch", "other"]), "account_created": TIMES}
    fields |= {"client_ip": st.ip_addresses().map(str) | TEXT, "client_country": TEXT, "response": TEXT}
    message = st.fixed_dictionaries(
        {}, optional={"role": st.sampled_from([*ROLES, "odd"]), "content": st.none() | CONTENT}
    )
    return fields | {"messages": st.lists(message, max_size=4)}


EVENTS = st.fixed_dictionaries(
    {
        "event_id": st.text(min_size=1, max_size=20),
        "time": TIMES,
        "account_id": st.sampled_from(["a", "b", "ü", "c" * 512]),
    },
    optional={name: st.none() | strategy for name, strategy in _optional().items()},
)


def expected(event: dict[str, Any], key: HashKey) -> dict[str, Any]:
    """What `tests.support.batches.plain` must give for `event`; addresses are checked elsewhere."""
    get = event.get
    row: dict[str, Any] = {column: _hash(get(field), key) for column, field in HASHED.items()}
    row |= {column: _or_missing(get(field)) for column, field in COUNTS.items()}
    row |= {name: _scaled(get(name), 1) for name in ("latency_ms", "ttft_ms")}
    row |= {name: _scaled(get(name), 1000) for name in ("temperature", "top_p")}
    row |= {name: _or_missing(get(name)) for name in ("stream", "logprobs")}
    row |= {"seeded": int(get("seed") is not None), "formatted": int(get("response_format") is not None)}
    row |= {
        "effort": EFFORT.get(get("reasoning_effort", ""), -1),
        "human": HUMAN.get(get("human_token", ""), -1),
    }
    row |= {"denied": int(get("denied_by") == "stillwatch")}
    row["finish"] = 3 if ERRORS.get(get("error_type", "")) else FINISH.get(get("finish_reason", ""), -1)
    row["time"] = _ms(event["time"])
    row["available"] = row["time"] + round(get("latency_ms") or 0)
    row["account_created"] = -1 if get("account_created") is None else _ms(event["account_created"])
    row |= {"account": event["account_id"], "parts": _parts(event), "sketched": False}
    return row


def columns_without_addresses() -> set[str]:
    """The columns that `expected` covers."""
    return set(EVENT_ROW.names or ()) - {"ip", "ip_net", "reserved"}


def is_address(text: str | None) -> bool:
    """Whether Python's own parser takes `text` for an IP address."""
    try:
        ipaddress.ip_address((text or "").strip())
    except ValueError:
        return False
    return True


def _hash(text: str | None, key: HashKey) -> int:
    return siphash(text.encode(), int(key.k0), int(key.k1)) or 1 if text else 0


def _or_missing(value: int | None) -> int:
    return -1 if value is None else int(value)


def _scaled(value: float | None, scale: int) -> int:
    return -1 if value is None else min(round(value * scale), 2**31 - 1)


def _ms(text: str) -> int:
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(milliseconds=1)


def _parts(event: dict[str, Any]) -> list[tuple[int, str]]:
    parts = [
        (ROLES.get(message.get("role"), 1), _text(message.get("content")))
        for message in event.get("messages") or []
    ]
    return parts if event.get("response") is None else [*parts, (4, event["response"])]


def _text(content: str | list[dict[str, str | None]] | None) -> str:
    if isinstance(content, str):
        return content
    return "\n".join(text for part in content or [] if (text := part.get("text")))
