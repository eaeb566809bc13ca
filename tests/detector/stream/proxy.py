"""Between processes and PostgreSQL: a connection that may be slow or be cut."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from pathlib import Path

PORT: Final = 5433
"""by which PostgreSQL's clients name the socket"""
_CHUNK: Final = 1 << 16


class Proxy:
    """Passes on what comes to one socket of a server's folder to the server's own."""

    def __init__(self, folder: Path) -> None:
        self.delay = 0.0
        """seconds that each piece waits"""
        self._server = folder / ".s.PGSQL.5432"
        self._own = folder / f".s.PGSQL.{PORT}"
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(self._own))
        self._own.chmod(0o777)
        self._listening.listen()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def url(self, store_url: str) -> str:
        """How to reach a database through it."""
        return f"{store_url}&port={PORT}"

    def cut(self) -> None:
        """End every connection."""
        with self._lock:
            for one in self._open:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._threads[0].join()
        self._listening.close()
        self.cut()
        for thread in self._threads:
            thread.join()
        self._own.unlink()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(str(self._server))
            except OSError:
                server.close()
                client.close()
                continue
            ended = threading.Barrier(2)
            for source, target in ((client, server), (server, client)):
                with self._lock:
                    self._open.add(source)
                thread = threading.Thread(target=self._pass_on, args=(source, target, ended))
                self._threads.append(thread)
                thread.start()

    def _pass_on(self, source: socket.socket, target: socket.socket, ended: threading.Barrier) -> None:
        with suppress(OSError):
            while piece := source.recv(_CHUNK):
                time.sleep(self.delay)
                target.sendall(piece)
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        # Closed by its own thread once neither uses it, or its number could be another's by then.
        ended.wait()
        with self._lock:
            self._open.discard(source)
            source.close()
