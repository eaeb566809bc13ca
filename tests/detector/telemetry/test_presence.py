from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from detector.telemetry.presence import FIELDS, Logged, fields_logged
from features.adapters import make_adapter
from features.hashing import HashKey
from features.text.edge import EdgeVersion
from features.text.kernel import KERNEL_VERSION, TextKernel
from features.text.purposes import PurposeWeights
from tests.support.events import EVENTS, is_address

KEY = HashKey.from_secret("a secret of the tests")
KERNEL = TextKernel(KEY, PurposeWeights.empty())
EDGE = EdgeVersion(KERNEL_VERSION, KERNEL.weights_version, KEY.name)
BARE: dict[str, Any] = {"event_id": "e", "time": "2026-03-01T00:00:00Z", "account_id": "a"}
# fields of the contract by what is counted; an empty text is none
NAMED = {
    "client_asn": ("client_asn",),
    "api_key": ("api_key_id",),
    "session": ("session_id",),
    "device": ("device_id",),
    "payment": ("payment_fingerprint",),
    "user_agent": ("user_agent",),
    "model": ("model",),
    "status": ("status",),
    "latency": ("latency_ms",),
    "tokens": ("input_tokens", "output_tokens"),
    "parameters": ("temperature", "top_p", "max_tokens", "n"),
    "response": ("response",),
}


def logged(*records: dict[str, Any], edge: EdgeVersion | None = None) -> dict[str, Logged]:
    """What is counted of a block of these records."""
    adapter = make_adapter("canonical", KEY, edge=edge)
    return fields_logged(adapter.decode([json.dumps(record).encode() for record in records]))


def has_content(event: dict[str, Any]) -> bool:
    """Whether a message of the event is not empty."""
    contents = [message.get("content") for message in event.get("messages") or []]
    lists = [content for content in contents if isinstance(content, list)]
    texts = [content for content in contents if isinstance(content, str)]
    return any(texts) or any("\n".join(p["text"] for p in parts if p.get("text")) for parts in lists)


@given(st.lists(EVENTS, max_size=6))
def test_counts_are_those_of_the_events(events: list[dict[str, Any]]) -> None:
    """By every field, the events that have it and those that do not are counted as plain Python would."""
    counts = logged(*events)

    assert tuple(counts) == FIELDS
    for field, names in NAMED.items():
        yes = sum(any(event.get(name) not in {None, ""} for name in names) for event in events)
        assert counts[field] == Logged(yes, len(events) - yes), field
    addressed = sum(is_address(event.get("client_ip")) for event in events)
    assert counts["client_ip"] == Logged(addressed, len(events) - addressed)
    told = sum(map(has_content, events))
    assert counts["content"] == Logged(told, len(events) - told)


def test_an_account_is_lacking_in_what_was_rejected_for_it() -> None:
    """A record without an account is no event, and is seen all the same; other faults are not."""
    counts = logged(BARE, BARE | {"account_id": ""}, BARE | {"status": "x"})
    assert counts["account"] == Logged(1, 1)
    assert counts["content"] == Logged(0, 1)


def test_a_sketch_is_content() -> None:
    """An event that was sketched at the edge counts by what the sketch was made of."""
    whole = BARE | {"messages": [{"role": "user", "content": "Add two and two."}], "response": "It is four."}
    asked = whole | {"response": None}
    decoded = make_adapter("canonical", KEY).decode([json.dumps(event).encode() for event in (whole, asked)])
    sent = EDGE.encode(KERNEL.sketch(decoded.batch.parts))

    counts = logged(*(BARE | {"sketch": sketch} for sketch in sent), edge=EDGE)

    assert counts["content"] == Logged(2, 0)
    assert counts["response"] == Logged(1, 1)
