"""The application in this process, over a store, asked without a network."""

from __future__ import annotations

import asyncio
import io
from contextlib import asynccontextmanager
from dataclasses import dataclass
from secrets import token_bytes
from typing import TYPE_CHECKING, Any, Final

import httpx

from detector.hook.app import make_app
from detector.hook.assembly import make_parts
from detector.hook.commands import Commands
from detector.hook.parts import HookSettings
from detector.store.findings import Findings, VerdictRecord
from detector.telemetry.logs import open_logs
from detector.telemetry.telemetry import make_telemetry
from tests.detector.hook.made import Hand
from tests.support.stores import lease_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from fastapi import FastAPI
    from prometheus_client import CollectorRegistry

    from detector.hook.auth.keys import Scope
    from detector.hook.parts import Parts
    from detector.hook.tokens.desk import TokenDesk
    from detector.store.interface import Store


ENFORCE: Final = {"mode": "enforce", "why": "test", "accept_uncalibrated": "a test"}


@dataclass(frozen=True, slots=True)
class Api:
    """One process' service."""

    app: FastAPI
    parts: Parts
    client: httpx.AsyncClient
    clock: Hand
    registry: CollectorRegistry
    said: io.StringIO
    """its log"""

    def metric(self, name: str, **labels: str) -> float:
        """A sample as Prometheus would see it now."""
        self.parts.telemetry.flush()
        return self.registry.get_sample_value(name, labels) or 0.0


@asynccontextmanager
async def running_api(
    store: Store, scope: Scope | None = None, tokens: TokenDesk | None = None, **settings: Any
) -> AsyncIterator[Api]:
    """A service that has looked at the store once; `scope` of the client's key, all of them if None."""
    clock, telemetry, said = Hand(), make_telemetry(), io.StringIO()
    scopes: tuple[Scope, ...] = ("decide", "feed", "ingest", "admin") if scope is None else (scope,)
    key = Commands(store, "test", clock.now, token_bytes).create_key(
        f"test-{scope}", scopes, "test", hours=None, rate=None
    )
    with open_logs(said) as log:
        parts = make_parts(store, HookSettings(**settings), telemetry.instruments, clock, log, tokens=tokens)
        app = make_app(parts)
        await parts.feed.look()
        transport = httpx.ASGITransport(app)
        headers = {"x-stillwatch-key": key.text}
        async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
            yield Api(app, parts, client, clock, telemetry.registry, said)


def run(work: Callable[[Api], Awaitable[None]], store: Store, **settings: Any) -> None:
    """A test in an event loop of its own, beside a service."""

    async def main() -> None:
        async with running_api(store, **settings) as api:
            await work(api)

    asyncio.run(main())


def concluded(store: Store, *verdicts: tuple[str, float], time: int, tick: int = 1) -> None:
    """Verdicts on members of a campaign, as the leader stores them."""
    records = [VerdictRecord(name, "distillation", score, "open", "c", time) for name, score in verdicts]
    store.conclude(lease_of(store), Findings(tick, verdicts=records), time)
