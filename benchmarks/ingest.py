"""Worker: what taking events over HTTP costs, and which part of it is whose.

    python benchmarks/ingest.py KIND

Kinds: `http` (an endpoint that reads the same bodies and answers), `decode` (bodies to checked records, no
HTTP), `queue` (records into the embedded queue, durable, no HTTP), and all of it together: `ingest`, `gzip`
(compressed bodies) and `sketch` (text becomes sketches first). Batches are of 512 events of about 1 kB;
servers are a process of their own, asked over 8 connections that wait for each answer.
"""

from __future__ import annotations

import gzip
import json
import multiprocessing
import os
import resource
import socket
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import uvicorn
import zstandard
from fastapi import FastAPI, Request, Response

from benchmarks.generated import write_generated
from benchmarks.rounds import Spread, interleaved, ratios
from detector.compose import Intake
from detector.defaults import DEFAULT_MODEL
from detector.hook.auth.ring import KeyRing
from detector.hook.ingest.assembly import make_ingest
from detector.hook.ingest.router import router
from detector.hook.ingest.settings import IngestSettings
from detector.stream.clock import SystemClock
from detector.telemetry.logs import open_logs
from detector.telemetry.telemetry import make_telemetry
from features.text.purposes import PurposeWeights
from streaming.queue.writer import QueueWriter

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

KINDS: Final = ("http", "decode", "queue", "ingest", "gzip", "sketch")
BATCH: Final = 512
BATCHES: Final = 400
WARM: Final = 20
CONNECTIONS: Final = 8
PROMPT_BYTES: Final = 512


def batch() -> list[bytes]:
    """Lines of one batch."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.jsonl.zst"
        write_generated(path, PROMPT_BYTES, BATCH)
        return zstandard.ZstdDecompressor().stream_reader(path.read_bytes()).read().splitlines()


def application(kind: str, folder: Path) -> FastAPI:
    """An empty endpoint, or the real ones without keys."""
    app = FastAPI()
    if kind == "http":

        async def empty(request: Request) -> Response:
            return Response(str(len(await request.body())))

        app.add_api_route("/v1/events", empty, methods=["POST"])
        return app
    clock = SystemClock()
    with open_logs(sys.stderr) as log:
        intake = Intake.of(PurposeWeights.load(DEFAULT_MODEL / "text"), "a secret")
        writer = QueueWriter(folder / "queue", now=clock.now)
        ingest = make_ingest(
            writer,
            intake,
            IngestSettings(),
            clock,
            make_telemetry().instruments,
            log,
            sketch=kind == "sketch",
        )
    app.include_router(router(KeyRing(clock, required=False), ingest))
    return app


def serve(kind: str, folder: Path, told: Connection) -> None:
    """Listen on a free port until the process is ended; tell the port, and CPU seconds when asked."""
    server = uvicorn.Server(uvicorn.Config(application(kind, folder), log_level="error", access_log=False))
    listening = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        told.send(listening.getsockname()[1])
        while told.recv():
            told.send(cpu())
        os._exit(0)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(answer)
        server.run(sockets=[listening])


def cpu() -> float:
    """Seconds that all threads of this process have used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def over_http(kind: str, folder: Path) -> dict[str, float]:
    """Send batches and wait for each answer."""
    body = b"\n".join(batch())
    packed = gzip.compress(body) if kind == "gzip" else body
    encoding = "gzip" if kind == "gzip" else "identity"
    head = (
        "POST /v1/events HTTP/1.1\r\nHost: ingest\r\nContent-Type: application/x-ndjson\r\n"
        f"Content-Encoding: {encoding}\r\nContent-Length: {len(packed)}\r\n\r\n"
    )
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(kind, folder, theirs))
    process.start()
    port = ours.recv()

    def asked() -> float:
        ours.send(True)  # noqa: FBT003 - asks for another answer
        return float(ours.recv())

    with ThreadPoolExecutor(CONNECTIONS) as pool:

        def send(count: int) -> None:
            each = count // CONNECTIONS
            list(pool.map(lambda _: post(port, head.encode() + packed, each), range(CONNECTIONS)))

        send(WARM * CONNECTIONS)
        found = timed(lambda: send(BATCHES), asked)
    ours.send(False)  # noqa: FBT003 - asks it to end
    process.join()
    return found


def post(port: int, request: bytes, times: int) -> None:
    """One connection, one request after the other."""
    with socket.create_connection(("127.0.0.1", port)) as sent:
        answers = sent.makefile("rb")
        for _ in range(times):
            sent.sendall(request)
            status = answers.readline()
            if b" 200 " not in status:
                raise RuntimeError(f"answered {status!r}")
            length = 0
            while (line := answers.readline()) != b"\r\n":
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            answers.read(length)


def in_process(kind: str, folder: Path) -> dict[str, float]:
    """The parts without HTTP."""
    lines, clock = batch(), SystemClock()
    with QueueWriter(folder / "queue", now=clock.now) as writer, open_logs(sys.stderr) as log:
        intake = Intake.of(PurposeWeights.load(DEFAULT_MODEL / "text"), "a secret")
        route = make_ingest(
            writer, intake, IngestSettings(), clock, make_telemetry().instruments, log
        ).routes["events"]
        body, keyed = b"\n".join(lines), [("account", line) for line in lines]

        def append() -> None:
            waiting = [writer.append(keyed) for _ in range(CONNECTIONS)]
            for number in range(BATCHES - CONNECTIONS):
                waiting[number % CONNECTIONS].result()
                waiting[number % CONNECTIONS] = writer.append(keyed)
            for last in waiting:
                last.result()

        def decode() -> None:
            for _ in islice(iter(int, 1), BATCHES):
                route.take(body, "", clock.now())

        return timed(decode if kind == "decode" else append, cpu)


def timed(work: Callable[[], None], used: Callable[[], float]) -> dict[str, float]:
    """Events a second of the wall clock, and of the CPU of whoever does the work."""
    before, began = used(), time.perf_counter()
    work()
    events = BATCHES * BATCH
    return {
        "events_per_second": events / (time.perf_counter() - began),
        "events_per_cpu_second": events / (used() - before),
    }


def benchmark(_: Path, rounds: int) -> dict[str, Any]:
    """All kinds by turns, and what the whole costs beside bare HTTP."""
    runs = interleaved({kind: ("ingest.py", kind) for kind in KINDS}, rounds)
    bare = [1 / run["events_per_cpu_second"] for run in runs["http"]]
    return {
        kind: {
            "rounds": rounds,
            "cpu_over_http": ratios([1 / run["events_per_cpu_second"] for run in found], bare),
            **{name: Spread.of([run[name] for run in found]).to_json() for name in found[0]},
        }
        for kind, found in runs.items()
    }


def main(kind: str) -> None:
    """Measure one kind and print its figures as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        run = in_process if kind in {"decode", "queue"} else over_http
        print(json.dumps(run(kind, Path(folder))))


if __name__ == "__main__":
    main(sys.argv[1])
