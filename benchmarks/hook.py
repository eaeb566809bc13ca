"""Worker: how fast the hook answers with a million verdicts in memory, beside servers that do nothing.

    python benchmarks/hook.py serve verdicts|empty HTTP_PORT GRPC_PORT
    python benchmarks/hook.py check GRPC_PORT
    python benchmarks/hook.py lookup

HTTP is asked by wrk over 16 connections. The gRPC client is Python's, and slower than what it asks, so CPU
seconds of the server a request are what counts there. All servers have the same loop and parser.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from grpc import aio

from benchmarks.cpu import seconds_of
from benchmarks.hook_servers import ACCOUNTS, KEY, account, serve_empty, serve_verdicts, table_of
from benchmarks.rounds import Spread, ratios, worker
from detector.hook.decision import Facts
from detector.hook.gateways.messages import METHOD, SERVICE, Messages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KINDS: Final = ("verdicts", "empty")
CONNECTIONS: Final = 16
SECONDS: Final = 5
LOOKUPS: Final = 200_000
_LUA: Final = """
wrk.method = "POST"
wrk.headers["content-type"] = "application/json"
wrk.headers["x-stillwatch-key"] = "KEY"
request = function()
  return wrk.format(nil, nil, nil, string.format('{"account_id":"acct-%012d"}', math.random(0, 1999999)))
end
"""


def benchmark(_: Path, rounds: int) -> dict[str, Any]:
    """HTTP and gRPC by turns, and look-ups in a process."""
    ports = {"verdicts": (18787, 18788), "empty": (18789, 18790)}
    found: dict[str, dict[str, list[dict[str, float]]]] = {}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        script = Path(folder) / "ask.lua"
        script.write_text(_LUA.replace("KEY", KEY.text), encoding="utf-8")
        servers = {kind: stack.enter_context(_running(kind, *ports[kind])) for kind in KINDS}
        for number in range(rounds):
            print(f"  round {number + 1} of {rounds}", flush=True)
            for kind, (http_port, grpc_port) in ports.items():
                pid = servers[kind]
                for name, ask in (
                    ("http", lambda port=http_port: _wrk(port, script)),
                    ("grpc", lambda port=grpc_port: worker("hook.py", "check", str(port))),
                ):
                    found.setdefault(name, {}).setdefault(kind, []).append(_measured(pid, ask))
    return {name: _compared(kinds) for name, kinds in found.items()} | {"lookup": worker("hook.py", "lookup")}


def _compared(kinds: dict[str, list[dict[str, float]]]) -> dict[str, Any]:
    ours, theirs = kinds["verdicts"], kinds["empty"]
    over = {
        f"{name}_over_empty": ratios([run[name] for run in ours], [run[name] for run in theirs])
        for name in ours[0]
    }
    spreads = {
        kind: {name: Spread.of([run[name] for run in runs]).to_json() for name in runs[0]}
        for kind, runs in kinds.items()
    }
    return over | spreads


def _measured(pid: int, ask: Callable[[], dict[str, float]]) -> dict[str, float]:
    """Requests per second, 99th percentile in ms, and CPU microseconds of the server a request."""
    before = seconds_of([pid])
    run = ask()
    return {
        "per_second": run["requests"] / run["seconds"],
        "p99_ms": run["p99_ms"],
        "cpu_us": 1e6 * (seconds_of([pid]) - before) / run["requests"],
    }


def _wrk(port: int, script: Path) -> dict[str, float]:
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency", "-s", str(script)]
    command.append(f"http://127.0.0.1:{port}/v1/decide")
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    requests, seconds = re.findall(r"(\d+) requests in ([\d.]+)s", said)[0]
    value, unit = re.findall(r"99%\s+([\d.]+)(us|ms|s)", said)[0]
    if "Non-2xx" in said:
        raise RuntimeError(said)
    scale = {"us": 1e-3, "ms": 1.0, "s": 1e3}[unit]
    return {"requests": int(requests), "seconds": float(seconds), "p99_ms": float(value) * scale}


@contextmanager
def _running(kind: str, http_port: int, grpc_port: int) -> Iterator[int]:
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    command = [sys.executable, __file__, "serve", kind, str(http_port), str(grpc_port)]
    process = subprocess.Popen(command, env=environment)
    try:
        asyncio.run(_await(grpc_port))
        yield process.pid
    finally:
        process.terminate()
        process.wait()


async def _await(grpc_port: int) -> None:
    async with aio.insecure_channel(f"127.0.0.1:{grpc_port}") as channel:
        await asyncio.wait_for(channel.channel_ready(), 120)


async def check(port: int) -> dict[str, float]:
    """As many calls at a time as there are connections over HTTP."""
    messages, taken = Messages(), []
    async with aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        call = channel.unary_unary(
            f"/{SERVICE}/{METHOD}",
            request_serializer=messages.request.SerializeToString,
            response_deserializer=messages.response.FromString,
        )
        end = time.perf_counter() + SECONDS

        async def ask() -> None:
            while (began := time.perf_counter()) < end:
                request = messages.request()
                headers = request.attributes.request.http.headers
                headers["x-stillwatch-account"] = account(random.randrange(2 * ACCOUNTS))  # noqa: S311 - no secret
                await call(request, metadata=(("x-stillwatch-key", KEY.text),))
                taken.append(time.perf_counter() - began)

        await asyncio.gather(*(ask() for _ in range(CONNECTIONS)))
    p99 = 1000 * statistics.quantiles(taken, n=100)[98]
    return {"requests": len(taken), "seconds": SECONDS, "p99_ms": p99}


def lookup() -> dict[str, float]:
    """Nanoseconds of a look-up and of a whole decision beside a dictionary's, and bytes a verdict."""
    decider = table_of()
    beside = {account(number): number for number in range(ACCOUNTS)}
    found = {
        "dict_get_ns": _each(beside.get, str),
        "find_ns": _each(decider.table.find, str),
        "decide_ns": _each(decider.decide, Facts),
    }
    return found | {
        "find_over_dict": found["find_ns"] / found["dict_get_ns"],
        "decide_over_dict": found["decide_ns"] / found["dict_get_ns"],
        "bytes_a_verdict": decider.table.nbytes() / ACCOUNTS,
    }


def _each(call: Callable[[Any], object], kind: Callable[[str], Any]) -> float:
    """Median over rounds of the mean over names at random, half of them without a verdict."""
    means = []
    for _ in range(7):
        asked = [kind(account(random.randrange(2 * ACCOUNTS))) for _ in range(LOOKUPS)]  # noqa: S311 - no secret
        began = time.perf_counter()
        for one in asked:
            call(one)
        means.append(1e9 * (time.perf_counter() - began) / LOOKUPS)
    return statistics.median(means)


def main(what: str, *arguments: str) -> None:
    """Serve, or measure and print figures as JSON."""
    if what == "serve":
        kind, http_port, grpc_port = arguments
        if kind == "empty":
            serve_empty(int(http_port), int(grpc_port))
            return
        with tempfile.TemporaryDirectory() as folder:
            serve_verdicts(Path(folder), int(http_port), int(grpc_port))
    else:
        print(json.dumps(asyncio.run(check(int(arguments[0]))) if what == "check" else lookup()))


if __name__ == "__main__":
    main(*sys.argv[1:])
