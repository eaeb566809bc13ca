"""A service as a process of its own, and what it is asked about.

    python -m tests.detector.hook.service URL HTTP_PORT GRPC_PORT METRICS_PORT

The command line does the same; without it a start takes a fraction of the time.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_bytes
from typing import TYPE_CHECKING, Any, Final

import msgspec

from detector.hook.app import make_app
from detector.hook.assembly import make_parts
from detector.hook.commands import Commands
from detector.hook.parts import HookSettings
from detector.hook.serving import Listening, serve
from detector.store.findings import Findings, VerdictRecord
from detector.store.opening import open_store
from detector.stream.clock import SystemClock
from detector.telemetry.exposition import Address, serve_metrics
from detector.telemetry.logs import open_logs
from detector.telemetry.telemetry import make_telemetry

if TYPE_CHECKING:
    from pathlib import Path

HOST: Final = "127.0.0.1"
START_SECONDS: Final = 60.0
SECRETS: Final = {action: f"sk-{action}" for action in ("allow", "degrade", "throttle", "challenge", "block")}
"""Clients' keys for the model, by what becomes of their requests under the shipped policy."""
_STANDINGS: Final = {
    "degrade": (0.6, None),
    "throttle": (0.92, None),
    "challenge": (0.95, "c"),
    "block": (0.99, "c"),
}


def key_id(action: str) -> str:
    """The id of a client's key, which is the account that is scored."""
    return sha256(SECRETS[action].encode()).hexdigest()


def verdicts(time_ms: int) -> list[VerdictRecord]:
    """One for each action."""
    return [
        VerdictRecord(key_id(action), "distillation", score, "open", campaign, time_ms)
        for action, (score, campaign) in _STANDINGS.items()
    ]


def filled(url: str, scopes: tuple[Any, ...] = ("decide", "feed", "ingest", "admin")) -> str:
    """Verdicts and a key in a store; returns the key."""
    now = SystemClock().now()
    with closing(open_store(url)) as store:
        lease = store.lead("test", now, 60_000)
        assert lease is not None
        store.conclude(lease, Findings(1, verdicts=verdicts(now)), now)
        store.resign(lease)
        new = Commands(store, "test", SystemClock().now, token_bytes).create_key(
            "test", scopes, "test", hours=None, rate=None
        )
    return new.text


def commanded(url: str, mode: Any) -> None:
    """Switch the mode."""
    with closing(open_store(url)) as store:
        Commands(store, "test", SystemClock().now, token_bytes).set_mode(mode, "test", "a test")


def free_port() -> int:
    """One that nobody listens on now."""
    with closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


@dataclass(slots=True)
class Service:
    """The process, on the same ports after each start."""

    url: str
    key: str
    log: Path
    port: int
    grpc_port: int
    metrics_port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it has the verdicts."""
        ports = [str(port) for port in (self.port, self.grpc_port, self.metrics_port)]
        command = [sys.executable, "-m", "tests.detector.hook.service", self.url, *ports]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, stderr=log, stdout=log, env=os.environ | {"OMP_NUM_THREADS": "1"}
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._ready():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)

    def send(self, sent: signal.Signals) -> None:
        """Kill, stop or wake it."""
        assert self.process is not None
        self.process.send_signal(sent)

    def end(self, sent: signal.Signals = signal.SIGTERM) -> int:
        """End it, and return its code."""
        assert self.process is not None
        self.process.send_signal(sent)
        code = self.process.wait(20)
        self.process = None
        return code

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, Any]]:
        """Status and JSON of a request with the key."""
        status, body = get(self.port, path, {"X-Stillwatch-Key": self.key} | headers)
        return status, msgspec.json.decode(body)

    def metric(self, name: str, **labels: str) -> float:
        """A sample; 0 if it is not there."""
        _, body = get(self.metrics_port, "/metrics", {})
        wanted = {f'{label}="{value}"' for label, value in labels.items()}
        for line in body.decode().splitlines():
            if line.startswith(name) and all(one in line for one in wanted):
                return float(line.rpartition(" ")[2])
        return 0.0

    def _ready(self) -> bool:
        try:
            return get(self.port, "/readyz", {})[0] == 200
        except (OSError, http.client.HTTPException):
            return False


def get(port: int, path: str, headers: dict[str, str], timeout: float = 10.0) -> tuple[int, bytes]:
    """Status and body of one request on a connection of its own."""
    with closing(http.client.HTTPConnection(HOST, port, timeout=timeout)) as connection:
        connection.request("GET", path, headers=headers)
        reply = connection.getresponse()
        return reply.status, reply.read()


def new_service(url: str, key: str, log: Path) -> Service:
    """One that is not started yet."""
    return Service(url, key, log, free_port(), free_port(), free_port())


def main(url: str, http_port: str, grpc_port: str, metrics_port: str) -> None:
    """Serve until told to stop."""
    telemetry, clock = make_telemetry(), SystemClock()
    with (
        open_logs(sys.stderr) as log,
        closing(open_store(url)) as store,
        serve_metrics(Address(HOST, int(metrics_port)), telemetry.registry),
    ):
        parts = make_parts(store, HookSettings(), telemetry.instruments, clock, log)
        listening = Listening(Address(HOST, int(http_port)), Address(HOST, int(grpc_port)))
        serve(make_app(parts), parts, listening)


if __name__ == "__main__":
    main(*sys.argv[1:])
