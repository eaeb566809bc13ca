"""Logs of a given prompt length, made from our own words."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
import zstandard

if TYPE_CHECKING:
    from pathlib import Path

EVENTS: Final = 20_000
ACCOUNTS: Final = 1000
START: Final = datetime(2026, 3, 1, tzinfo=UTC)
SYLLABLES: Final = (
    "ka",
    "ro",
    "mi",
    "ten",
    "sol",
    "ver",
    "du",
    "pra",
    "lin",
    "gor",
    "est",
    "ua",
    "ble",
    "chi",
)
TASKS: Final = (
    "Summarize the following text in two sentences.\n\n{}",
    "Translate into German: {}",
    "{}\n\nWhat is the main point of the text above?",
    "Fix the grammar and keep the meaning.\nText: {}\nCorrected:",
    "Think step by step and explain your full reasoning.\n\nQuestion: {}",
)


def write_generated(path: Path, prompt_bytes: int, events: int = EVENTS) -> None:
    """Write `events` requests of about `prompt_bytes` each over a day, ordered by time."""
    rng = np.random.default_rng(prompt_bytes)
    words = np.array(["".join(rng.choice(SYLLABLES, rng.integers(1, 5))) for _ in range(4000)])
    length = max(1, round(prompt_bytes / (1 + float(np.mean([len(word) for word in words])))))
    gap = timedelta(days=1) / events
    with path.open("wb") as file, zstandard.ZstdCompressor().stream_writer(file) as out:
        for number in range(events):
            prompt = TASKS[int(rng.integers(len(TASKS)))].format(" ".join(rng.choice(words, length)))
            out.write(json.dumps(_event(rng, number, START + number * gap, prompt)).encode() + b"\n")


def _event(rng: np.random.Generator, number: int, time: datetime, prompt: str) -> dict[str, object]:
    account = int(rng.integers(ACCOUNTS))
    return {
        "event_id": f"evt_{number:024x}",
        "time": time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "account_id": f"acct_{account:012x}",
        "model": "lyra-large-4",
        "status": 200,
        "finish_reason": "stop",
        "latency_ms": float(rng.integers(300, 20_000)),
        "input_tokens": len(prompt) // 4,
        "output_tokens": int(rng.integers(10, 900)),
        "temperature": 0.7,
        "max_tokens": 1024,
        "client_ip": f"198.51.{account % 250}.{account // 250}",
        "user_agent": "curl/8.5",
        "human_token": "valid",
        "messages": [{"role": "user", "content": prompt}],
        "response": "An answer of ordinary length that says a few things and ends.",
    }
