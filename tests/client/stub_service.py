"""A small Stillwatch to be disturbed at will: the feed, the ingest and LiteLLM's generic guardrail."""

from __future__ import annotations

import gzip
import json
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY: Final = "swk_aaaaaaaaaaaa_" + 43 * "b"
CHALLENGE: Final = 'PrivateToken challenge="of the service"'
HEARTBEAT: Final = 0.1
PAGE: Final = 2


@dataclass(slots=True)
class StubService:
    """What the service knows, was sent, and how it behaves."""

    key: str = KEY
    version: int = 1
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    changes: list[tuple[int, dict[str, Any] | str]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    posts: list[list[str]] = field(default_factory=list)
    """ids of the events in each post, taken or not"""
    litellm: list[dict[str, Any]] = field(default_factory=list)
    """what LiteLLM's own logger sent"""
    bypasses: list[dict[str, Any]] = field(default_factory=list)
    resumed: list[str | None] = field(default_factory=list)
    """`Last-Event-ID` of each connection to the feed"""
    answers: list[int] = field(default_factory=list)
    """status of the next posts of events; 200 once used up"""
    token: str = "PrivateToken token=good"
    """that answers a challenge"""
    most_events: int = 1000
    """in one post"""
    delay: float = 0.0
    """seconds before each answer"""
    silent: bool = False
    """no heartbeats, no deltas"""
    guardrail: dict[str, Any] = field(default_factory=lambda: {"action": "NONE"})
    guardrail_status: int = 200
    guarded: list[dict[str, Any]] = field(default_factory=list)
    breaks: threading.Event = field(default_factory=threading.Event)
    """ends the connections to the feed"""

    def publish(self, account_id: str, action: str, **more: Any) -> None:
        """A verdict, enforced unless `shadow=True`."""
        self.version += 1
        row = {"account_id": account_id, "action": action, "shadow": False, **more}
        self.rows[account_id] = row
        self.changes.append((self.version, row))

    def undo(self, account_id: str) -> None:
        """No verdict any more."""
        self.version += 1
        self.rows.pop(account_id, None)
        self.changes.append((self.version, account_id))

    def pages(self, since: int | None) -> Iterator[tuple[str, dict[str, Any]]]:
        """The snapshot, or what changed since a version."""
        if since is None:
            rows = list(self.rows.values())
            cuts = range(0, max(len(rows), 1), PAGE)
            for start in cuts:
                more = start != cuts[-1]
                yield (
                    "snapshot",
                    {"version": self.version, "verdicts": rows[start : start + PAGE], "more": more},
                )
            return
        changed = [change for version, change in self.changes if version > since]
        if changed:
            deleted = [change for change in changed if isinstance(change, str)]
            verdicts = [change for change in changed if not isinstance(change, str)]
            yield "delta", {"version": self.version, "verdicts": verdicts, "deleted": deleted, "more": False}


class Handler(BaseHTTPRequestHandler):
    """One request."""

    stub: StubService

    def log_message(self, *_: object) -> None:
        """Silence."""

    def do_GET(self) -> None:
        """The feed."""
        if not self._admitted():
            return
        told = self.headers.get("last-event-id")
        self.stub.resumed.append(told)
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        since = int(told) if told is not None and int(told) <= self.stub.version else None
        try:
            self._stream(since)
        except OSError:
            return

    def do_POST(self) -> None:
        """Events, or a guardrail's question."""
        body = self.rfile.read(int(self.headers["content-length"]))
        if not self._admitted():
            return
        if self.path == "/v1/bypasses":
            self.stub.bypasses.append(json.loads(body))
            self._answer(204, {})
            return
        if self.path.startswith("/beta/"):
            self.stub.guarded.append(json.loads(body))
            self._answer(self.stub.guardrail_status, self.stub.guardrail)
            return
        if self.path == "/v1/litellm":
            self.stub.litellm.extend(json.loads(body))
            self._answer(200, {"received": 0})
            return
        if self.path == "/v1/decide":
            passes = self.headers.get("private-token") == self.stub.token
            said = {"enforced": "allow"} if passes else {"enforced": "challenge", "challenges": [CHALLENGE]}
            self._answer(200, said)
            return
        events = [json.loads(line) for line in gzip.decompress(body).splitlines()]
        self.stub.posts.append([event["event_id"] for event in events])
        status = self.stub.answers.pop(0) if self.stub.answers else 200
        if len(events) > self.stub.most_events:
            status = 413
        if status == 200:
            self.stub.events.extend(events)
        self._answer(status, {"received": 0, "accepted": 0, "refused": 0, "errors": []})

    def _stream(self, since: int | None) -> None:
        breaks = self.stub.breaks
        while not breaks.is_set():
            if not self.stub.silent:
                for event, page in self.stub.pages(since):
                    self._write(f"event: {event}\nid: {page['version']}\ndata: {json.dumps(page)}\n\n")
                    since = page["version"]
                self._write(": alive\n\n")
            breaks.wait(HEARTBEAT)

    def _write(self, text: str) -> None:
        self.wfile.write(text.encode())
        self.wfile.flush()

    def _admitted(self) -> bool:
        time.sleep(self.stub.delay)
        if self.headers.get("x-stillwatch-key", self.headers.get("x-api-key")) == self.stub.key:
            return True
        self._answer(401, {"type": "about:blank"})
        return False

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        encoded = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(encoded)))
        if status == 429:
            self.send_header("retry-after", "0")
        self.end_headers()
        self.wfile.write(encoded)


class Server(ThreadingHTTPServer):
    """Connections that the other side ended are no news."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Silence."""


@contextmanager
def serving(stub: StubService, port: int = 0) -> Iterator[int]:
    """Serve on a port of 127.0.0.1, which is returned; leaving kills all connections."""
    stub.breaks.clear()
    server = Server(("127.0.0.1", port), type("Bound", (Handler,), {"stub": stub}))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        stub.breaks.set()
        server.shutdown()
        server.server_close()
        thread.join()
