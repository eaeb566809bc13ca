"""An OpenAI-compatible model server that says one sentence."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

SENTENCE: Final = "The still is quiet."
_HEAD: Final = {"id": "chatcmpl-1", "created": 1, "model": "stub"}


class Handler(BaseHTTPRequestHandler):
    """One request."""

    bodies: list[dict[str, Any]]

    def log_message(self, *_: object) -> None:
        """Silence."""

    def do_POST(self) -> None:
        """Answer a chat."""
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.bodies.append(asked)
        if asked.get("stream"):
            self._answer("text/event-stream", "".join(map(_chunk, _deltas())) + "data: [DONE]\n\n")
        else:
            self._answer("application/json", json.dumps(_completion()))

    def _answer(self, kind: str, text: str) -> None:
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())


def _completion() -> dict[str, Any]:
    message = {"role": "assistant", "content": SENTENCE}
    usage = {"prompt_tokens": 5, "completion_tokens": 6, "total_tokens": 11}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return {**_HEAD, "object": "chat.completion", "choices": [choice], "usage": usage}


def _deltas() -> Iterator[dict[str, Any]]:
    for word in SENTENCE.split(" "):
        yield {"delta": {"role": "assistant", "content": word}, "finish_reason": None}
    yield {"delta": {}, "finish_reason": "stop"}


def _chunk(delta: dict[str, Any]) -> str:
    body = {**_HEAD, "object": "chat.completion.chunk", "choices": [{"index": 0, **delta}]}
    return f"data: {json.dumps(body)}\n\n"


@contextmanager
def model_server() -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """Its port, and the bodies of the requests that reached it."""
    bodies: list[dict[str, Any]] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"bodies": bodies}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server.server_address[1], bodies
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
