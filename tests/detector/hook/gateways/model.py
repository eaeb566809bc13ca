"""A stub of a model server, gateways before it, and clients that ask without a pause."""

from __future__ import annotations

import http.client
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import msgspec

from tests.detector.hook.service import HOST, SECRETS, get

if TYPE_CHECKING:
    from collections.abc import Iterator

OK: Final = 200
BODY: Final = b'{"model": "stub", "messages": [{"role": "user", "content": "hello"}]}'


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        said = {name.lower(): value for name, value in self.headers.items()}
        reply = msgspec.json.encode({"headers": said, "bytes": len(body)})
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, *_: object) -> None:
        """Nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # The default of 5 would refuse connections of gateways that open many at once.
    request_queue_size = 256


@contextmanager
def running_model() -> Iterator[int]:
    """A server that answers what it was sent; yields its port."""
    server = _Server((HOST, 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway in front of the model."""

    name: str
    port: int
    log: Path
    admin: int | None = None
    """port of its metrics, where those tell what its log does not"""

    def ask(self, action: str, **more: str) -> tuple[int, dict[str, str], dict[str, Any]]:
        """Status, headers and JSON of the answer to a client whose requests get this action."""
        headers = {"authorization": f"Bearer {SECRETS[action]}", "content-type": "application/json"} | more
        with closing(http.client.HTTPConnection(HOST, self.port, timeout=10)) as connection:
            connection.request("POST", "/v1/chat/completions", BODY, headers)
            reply = connection.getresponse()
            found = {name.lower(): value for name, value in reply.getheaders()}
            sent = reply.read()
            known = "json" in found.get("content-type", "")
            return reply.status, found, msgspec.json.decode(sent) if known else {"text": sent.decode()}


@contextmanager
def running_gateway(
    name: str, command: list[str], port: int, log: Path, admin: int | None = None
) -> Iterator[Gateway]:
    """The gateway's own process, with what it prints in `log`."""
    with log.open("ab") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        _await(process, port, log)
        yield Gateway(name, port, log, admin)
    finally:
        process.terminate()
        process.wait(20)


def program(name: str) -> str:
    """Where a gateway's program is."""
    folders = f"{Path(sys.executable).parent}:/usr/sbin:/usr/local/sbin"
    found = shutil.which(name) or shutil.which(name, path=folders)
    assert found is not None, f"`{name}` is not installed; run `make parts`"
    return found


def _await(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            get(port, "/", {})
        except (OSError, http.client.HTTPException):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        else:
            return


@dataclass(slots=True)
class Traffic:
    """Clients that ask one request after the other until the end of the block."""

    gateway: Gateway
    clients: int = 4
    statuses: Counter[int | str] = field(default_factory=Counter)
    bypassed: Counter[str] = field(default_factory=Counter)
    """by reason"""
    slowest: float = 0.0
    _over: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._threads = [threading.Thread(target=self._run) for _ in range(self.clients)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def during(self, seconds: float) -> None:
        """Let them ask."""
        time.sleep(seconds)

    def _run(self) -> None:
        while not self._over.is_set():
            began = time.monotonic()
            try:
                status, _, body = self.gateway.ask("allow")
            except (OSError, http.client.HTTPException) as error:
                self.statuses[type(error).__name__] += 1
                continue
            self.slowest = max(self.slowest, time.monotonic() - began)
            self.statuses[status if status == OK else f"{status} {body}"] += 1
            sent = body.get("headers", {})
            if sent.get("x-envoy-auth-failure-mode-allowed"):
                self.bypassed["unreachable"] += 1
            elif sent.get("x-stillwatch-bypass"):
                self.bypassed[sent["x-stillwatch-bypass"]] += 1
