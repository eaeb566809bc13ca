"""HTTPS to an address that was checked, under the name that was asked for, and not for ever."""

from __future__ import annotations

import socket
from contextlib import contextmanager, suppress
from http.client import HTTPSConnection
from threading import Timer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

    from detector.human.addresses import Authority


class PinnedConnection(HTTPSConnection):
    """Connects to one address, whatever the name resolves to by then; the certificate is for the name."""

    def __init__(self, authority: Authority, address: str, tls: ssl.SSLContext, seconds: float) -> None:
        super().__init__(authority.host, authority.port, timeout=seconds, context=tls)
        self._address = address
        self._tls = tls
        self._secured: ssl.SSLSocket | None = None
        self.expired = False

    def connect(self) -> None:
        """As `HTTPSConnection.connect`, without asking the resolver again."""
        plain = socket.create_connection((self._address, self.port), self.timeout)
        # The handshake is for later, so that the time limit can end it.
        self._secured = self._tls.wrap_socket(plain, server_hostname=self.host, do_handshake_on_connect=False)
        self.sock = self._secured
        self._secured.do_handshake()

    @contextmanager
    def limited(self) -> Iterator[None]:
        """End the exchange after the time limit, however slowly bytes trickle in; closes the connection."""
        timer = Timer(self.timeout or 0.0, self._expire)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()
            self.close()

    def _expire(self) -> None:
        self.expired = True
        if self._secured is not None:
            with suppress(OSError):
                # TLS's own shutdown would take its state away from the thread that reads.
                socket.socket.shutdown(self._secured, socket.SHUT_RDWR)
