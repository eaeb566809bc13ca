"""A connection to an address that was checked, under the name that was asked for, and not for ever."""

from __future__ import annotations

import socket
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from threading import Timer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator


class PinnedConnection(HTTPConnection):
    """Connects to an address, whatever the name resolves to by then; a certificate is for the name."""

    def __init__(
        self, host: str, port: int, address: str, tls: ssl.SSLContext | None, seconds: float
    ) -> None:
        """Without `tls`, nothing is encrypted; `seconds` are for connecting and for the whole exchange."""
        super().__init__(host, port, timeout=seconds)
        self._address = address
        self._tls = tls
        self._plain: socket.socket | None = None
        self.expired = False
        self.connected = False
        """from then on something may have arrived"""

    def connect(self) -> None:
        """As `HTTPConnection.connect`, without asking the resolver again."""
        self.sock = self._plain = socket.create_connection((self._address, self.port), self.timeout)
        if self._tls is not None:
            # The handshake is for later, so that the time limit can end it.
            secured = self._tls.wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock = self._plain = secured
            secured.do_handshake()
        self.connected = True

    @contextmanager
    def limited(self) -> Iterator[None]:
        """End the exchange after the time limit, however slowly bytes trickle; closes the connection."""
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
        if self._plain is not None:
            with suppress(OSError):
                # TLS's own shutdown would take its state away from the thread that waits.
                socket.socket.shutdown(self._plain, socket.SHUT_RDWR)
