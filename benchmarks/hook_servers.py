"""Servers for the hook's benchmark: the hook itself with verdicts, and ones that do nothing."""

from __future__ import annotations

import asyncio
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

import grpc
import uvicorn
from fastapi import FastAPI
from grpc import aio

from detector.hook.app import make_app
from detector.hook.assembly import make_parts
from detector.hook.auth.keys import make_key
from detector.hook.decide import Decider
from detector.hook.gateways.messages import METHOD, SERVICE, Messages
from detector.hook.parts import HookSettings
from detector.hook.policy.reading import default_text, read_policy
from detector.hook.serving import Listening, serve
from detector.hook.verdicts.subjects import Subjects
from detector.hook.verdicts.table import VerdictTable
from detector.store.findings import StoredVerdict, VerdictRecord
from detector.store.opening import open_store, upgrade
from detector.stream.clock import SystemClock
from detector.telemetry.exposition import Address
from detector.telemetry.logs import open_logs
from detector.telemetry.telemetry import make_telemetry

if TYPE_CHECKING:
    from pathlib import Path

HOST: Final = "127.0.0.1"
ACCOUNTS: Final = 1_000_000
KEY: Final = make_key("benchmark", ("decide",), 0, bytes, rate=1e9)
"""of zeros: nobody else is asked"""


def account(number: int) -> str:
    """A name as long as those of accounts are."""
    return f"acct-{number:012d}"


def fill(decider: Decider) -> None:
    """A million verdicts, half of them with an action."""
    now = SystemClock().now()
    for number in range(ACCOUNTS):
        label = "distillation" if number % 2 else "relay"
        score = 0.5 + number % 100 / 200
        record = VerdictRecord(account(number), label, score, "open", f"cmp_{number % 1000}", now)
        decider.put(StoredVerdict(number + 1, record))


def table_of() -> Decider:
    """A decider with these verdicts."""
    policy = read_policy(default_text())
    decider = Decider(VerdictTable(), Subjects(1000), policy, SystemClock().now, "benchmark")
    decider.ready = True
    fill(decider)
    return decider


def serve_verdicts(folder: Path, http_port: int, grpc_port: int) -> None:
    """The hook, with all its parts."""
    url = f"sqlite:///{folder / 'store.db'}"
    upgrade(url)
    telemetry, clock = make_telemetry(), SystemClock()
    with open_logs(sys.stderr, "warning") as log, closing(open_store(url)) as store:
        parts = make_parts(store, HookSettings(), telemetry.instruments, clock, log)
        parts.decider.ready = True
        fill(parts.decider)
        parts.keys.put(KEY.key)
        serve(make_app(parts), parts, Listening(Address(HOST, http_port), Address(HOST, grpc_port)))


def serve_empty(http_port: int, grpc_port: int) -> None:
    """A FastAPI endpoint and a gRPC method that answer the same to everybody."""
    app = FastAPI()

    @app.post("/v1/decide")
    async def empty() -> dict[str, str]:
        return {}

    import uvloop  # noqa: PLC0415 - as the hook does

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(app, http_port, grpc_port))


async def _serve(app: FastAPI, http_port: int, grpc_port: int) -> None:
    checks = aio.server()
    messages = Messages()

    async def check(_: Any, __: Any) -> Any:
        return messages.response()

    handler = grpc.unary_unary_rpc_method_handler(
        check,
        request_deserializer=messages.request.FromString,
        response_serializer=messages.response.SerializeToString,
    )
    checks.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, {METHOD: handler}),))
    checks.add_insecure_port(f"{HOST}:{grpc_port}")
    await checks.start()
    config = uvicorn.Config(
        app, HOST, http_port, http="httptools", ws="none", log_config=None, access_log=False,
        server_header=False, date_header=False,
    )  # fmt: skip
    await uvicorn.Server(config).serve()
    await checks.stop(1)
