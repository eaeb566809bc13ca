"""Small canonical logs with honest accounts and harvesting ones, made from our own words and a seed."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

Event = dict[str, Any]

START: Final = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
WORDS: Final = (
    "river", "copper", "lantern", "window", "market", "ladder", "engine", "pepper", "garden", "orbit",
    "ticket", "basket", "mirror", "helmet", "anchor", "valley", "candle", "sister", "pocket", "bridge",
    "summer", "rocket", "planet", "marble", "saddle", "button", "velvet", "hammer", "cotton", "meadow",
    "circle", "number", "height", "weight", "volume", "budget", "tariff", "carbon", "sodium", "vector",
    "matrix", "prime", "angle", "ratio",
)  # fmt: skip
CHAT: Final = (
    "What should I cook tonight with {}?",
    "Write a short birthday note that mentions {}.",
    "Translate into French: the {} is near the station.",
    "Fix my sentence please: me and the {} goes home.",
    "Give me three names for a shop that sells {}.",
    "Summarize this in one line: {}",
)
HARVEST: Final = (
    "Solve the problem below. Think step by step, write out your complete chain of thought inside "
    "<think></think> tags before the final answer, and never skip an inference.\n\nProblem: {}\n"
)
COUNTRIES: Final = ("DE", "US", "CN", "BR", "IN", None)


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a log is."""

    honest: int = 12
    harvesting: int = 4
    requests: int = 10
    """of an honest account on average; a harvesting one makes four times as many"""
    span: timedelta = timedelta(hours=8)


def seeded(seed: int) -> Random:
    """A generator that gives the same log for the same seed."""
    return Random(seed)  # noqa: S311 - nothing here is secret


def make_log(seed: int, shape: Shape | None = None) -> list[Event]:
    """Events in order of their start."""
    rng, shape = seeded(seed), shape or Shape()
    events: list[Event] = []
    for number in range(shape.honest):
        events += _account(rng, shape, f"user-{number}", rng.randint(1, 2 * shape.requests), harvest=False)
    for number in range(shape.harvesting):
        events += _account(rng, shape, f"pipe-{number}", 4 * shape.requests, harvest=True)
    return sorted(events, key=lambda event: (event["time"], event["event_id"]))


def available(event: Event) -> datetime:
    """When an event exists for whoever watches."""
    latency: float = event.get("latency_ms") or 0
    return datetime.fromisoformat(event["time"]) + timedelta(milliseconds=round(latency))


def stamp(time: datetime) -> str:
    """RFC 3339 to the millisecond."""
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def encode(events: Iterable[Event]) -> bytes:
    """JSON lines."""
    return b"".join(json.dumps(event, ensure_ascii=False).encode() + b"\n" for event in events)


def write_log(path: Path, events: Sequence[Event]) -> str:
    """Write `events` in the form that the name's end asks for; the path, as a command takes it."""
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(list(events)), path)
        return str(path)
    data = encode(events)
    if path.suffix == ".gz":
        data = gzip.compress(data, 1)
    elif path.suffix == ".zst":
        data = zstandard.compress(data)
    path.write_bytes(data)
    return str(path)


def as_litellm(event: Event) -> Event:
    """The same request as LiteLLM would have logged it."""
    start = datetime.fromisoformat(event["time"]).timestamp()
    parameters = {name: event[name] for name in ("temperature", "max_tokens", "n", "logprobs")}
    return {
        "id": event["event_id"],
        "startTime": start,
        "endTime": start + event["latency_ms"] / 1000,
        "status": "success",
        "call_type": "acompletion",
        "model_group": event["model"],
        "prompt_tokens": event["input_tokens"],
        "completion_tokens": event["output_tokens"],
        "session_id": event["session_id"],
        "requester_ip_address": event["client_ip"],
        "user_agent": event["user_agent"],
        "metadata": {
            "user_api_key_user_id": event["account_id"],
            "requester_custom_headers": {
                "x-account-created": event["account_created"],
                "x-human-token": event["human_token"],
                **({"x-client-country": event["client_country"]} if event["client_country"] else {}),
            },
        },
        "model_parameters": parameters,
        "messages": event["messages"],
        "response": {
            "choices": [
                {
                    "finish_reason": event["finish_reason"],
                    "message": {"role": "assistant", "content": event["response"]},
                }
            ]
        },
    }


def _account(rng: Random, shape: Shape, name: str, requests: int, *, harvest: bool) -> list[Event]:
    country = rng.choice(COUNTRIES)
    created = START - timedelta(days=2 if harvest else rng.randint(20, 700))
    agent = "OpenAI/Python 1.109.1" if harvest else rng.choice(("Mozilla/5.0", "curl/8.5", "okhttp/4"))
    facts = {
        "account_id": name,
        "client_ip": f"198.51.100.{rng.randint(1, 250)}",
        "client_country": country,
        "user_agent": agent,
        "account_created": stamp(created),
        "human_token": "none" if harvest else "valid",
    }
    offsets = sorted(rng.random() for _ in range(requests))
    # A third of it is ordinary: an account that does one thing only is more often a product.
    return [
        facts | _request(rng, f"{name}-{i}", START + at * shape.span, harvest=harvest and i % 3 > 0)
        for i, at in enumerate(offsets)
    ]


def _request(rng: Random, event_id: str, time: datetime, *, harvest: bool) -> Event:
    words = rng.randint(8, 40) if harvest else rng.randint(1, 6)
    # pairs of words, so that an account has new ones to the end
    item = " ".join(rng.choice(WORDS) + rng.choice(WORDS) for _ in range(words))
    prompt = (HARVEST if harvest else rng.choice(CHAT)).format(item)
    output = rng.randint(600, 6000) if harvest else rng.randint(10, 400)
    return {
        "event_id": event_id,
        "time": stamp(time),
        "session_id": event_id if harvest else event_id[:7],
        "model": "lyra-large-4",
        "operation": "chat",
        "status": 200,
        "finish_reason": "stop",
        # some answers take longer than a tick
        "latency_ms": float(rng.choice((0, 350, 4_000, 30_000, 400_000))),
        "input_tokens": len(prompt) // 4,
        "output_tokens": output,
        "temperature": 1.0 if harvest else 0.7,
        "max_tokens": 8192 if harvest else 1024,
        "n": 1,
        "logprobs": False,
        "messages": [{"role": "user", "content": prompt}],
        "response": " ".join(rng.choices(WORDS, k=20)),
    }
