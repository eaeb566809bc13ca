"""An ingest with its real parts, asked without a socket."""

from __future__ import annotations

import asyncio
import io
import json
import random
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import httpx
from fastapi import FastAPI

from detector.compose import Intake
from detector.defaults import DEFAULT_MODEL
from detector.hook.auth.keys import make_key
from detector.hook.auth.ring import KeyRing
from detector.hook.ingest.assembly import make_ingest
from detector.hook.ingest.router import router
from detector.hook.ingest.settings import IngestSettings
from detector.hook.problems import Problem, answer_problem
from detector.stream.clock import SystemClock
from detector.telemetry.logs import open_logs
from detector.telemetry.telemetry import make_telemetry
from features.text.purposes import PurposeWeights
from streaming.queue.writer import QueueWriter
from tests.streaming.queue.queues import everything

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from prometheus_client import CollectorRegistry

    from detector.hook.auth.keys import Scope
    from detector.hook.ingest.durable import Durable

SECRET: Final = "a secret of the tests"
CANARY: Final = "canary-7f3e91"


@dataclass(frozen=True)
class Served:
    """An application, and what it said and kept."""

    app: FastAPI
    metrics: CollectorRegistry
    keys: Mapping[str, str]
    """key as it is sent, by name: `gateway` and `other` may send, `reader` may not"""
    said: io.StringIO

    def post(self, path: str, content: bytes | Any, key: str = "gateway", **headers: str) -> httpx.Response:
        """Send a body; names of headers with `_` for `-`."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return asyncio.run(
            self._post(path, content, {"x-stillwatch-key": self.keys.get(key, "none"), **sent})
        )

    async def _post(self, path: str, content: bytes | Any, headers: dict[str, str]) -> httpx.Response:
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://ingest") as client:
            return await client.post(path, content=content, headers=headers)


def intake() -> Intake:
    """How records are read: the shipped weights under a key of the tests."""
    return Intake.of(PurposeWeights.load(DEFAULT_MODEL / "text"), SECRET)


@contextmanager
def served(
    durable: Durable, settings: IngestSettings | None = None, *, sketch: bool = False
) -> Iterator[Served]:
    """An ingest into `durable`, closed at the end of the block."""
    clock, said = SystemClock(), io.StringIO()
    ring = KeyRing(clock)
    keys = {}
    for number, name in enumerate(("gateway", "other", "reader")):
        scope: Scope = "decide" if name == "reader" else "ingest"
        made = make_key(name, (scope,), 0, random.Random(number).randbytes)  # noqa: S311 - of no secret
        ring.put(made.key)
        keys[name] = made.text
    with open_logs(said, "debug") as log:
        telemetry = make_telemetry()
        chosen = settings or IngestSettings()
        ingest = make_ingest(durable, intake(), chosen, clock, telemetry.instruments, log, sketch=sketch)
        app = FastAPI()
        app.add_exception_handler(Problem, answer_problem)
        app.include_router(router(ring, ingest))
        yield Served(app, telemetry.registry, keys, said)
        ingest.receiver.close()
        durable.close()


@contextmanager
def queued(path: Path, settings: IngestSettings | None = None, *, sketch: bool = False) -> Iterator[Served]:
    """An ingest into a queue in `path`."""
    with served(QueueWriter(path, now=SystemClock().now), settings, sketch=sketch) as found:
        yield found


def stored(path: Path) -> list[dict[str, Any]]:
    """The records of a queue of one partition."""
    return [json.loads(record) for record in everything(path).get("0", [])]


def event(number: int, **more: Any) -> dict[str, Any]:
    """A canonical event with text."""
    return {
        "event_id": f"e{number}",
        "time": "2026-11-20T10:00:00Z",
        "account_id": f"account-{number % 3}",
        "messages": [{"role": "user", "content": f"{CANARY} explain step by step how tides work {number}"}],
        "response": f"{CANARY} the moon pulls",
        **more,
    }


def lines(*events: Any) -> bytes:
    """Events as NDJSON."""
    return b"".join(json.dumps(one).encode() + b"\n" for one in events)
