"""Syslog over TLS (RFC 5425), TCP (RFC 6587) or UDP (RFC 5426).

No syslog says that a message arrived. Over TLS and TCP the connection is closed in order, so that a receiver
that is gone shows; over UDP nothing shows.
"""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from detector.exports.sending.outcome import Outcome
from detector.exports.sending.syslog_message import framed

if TYPE_CHECKING:
    from detector.exports.sending.outcome import Parcel
    from detector.exports.sinks.sink import Syslog

SECONDS: Final = 10.0
_GOODBYE: Final = 1.0
"""Seconds in which a receiver that broke off would say so."""
_DATAGRAM: Final = 65_507


@dataclass(frozen=True, slots=True)
class SyslogSending:
    """A connection for each message: one that breaks takes no other with it."""

    target: Syslog
    tls: ssl.SSLContext | None
    """where the transport is `tls`"""
    seconds: float = SECONDS

    def send(self, parcel: Parcel, now: int) -> Outcome:  # noqa: ARG002 - as `Sending.send`
        """As `Sending.send`."""
        try:
            if self.target.transport == "udp":
                return self._datagram(parcel.body)
            self._stream(framed(parcel.body))
        except (OSError, UnicodeError) as error:
            reason = getattr(error, "verify_message", None) or getattr(error, "strerror", None)
            return Outcome("retry", str(reason or type(error).__name__))
        return Outcome("sent")

    def _datagram(self, line: bytes) -> Outcome:
        found = socket.getaddrinfo(self.target.host, self.target.port, type=socket.SOCK_DGRAM)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as udp:
            udp.settimeout(self.seconds)
            udp.sendto(line[:_DATAGRAM], address)
        return Outcome("sent")

    def _stream(self, frame: bytes) -> None:
        with socket.create_connection((self.target.host, self.target.port), self.seconds) as plain:
            if self.tls is None:
                plain.sendall(frame)
                _leave(plain)
                return
            with self.tls.wrap_socket(plain, server_hostname=self.target.host) as secured:
                secured.sendall(frame)
                _leave_secured(secured)


def _leave(stream: socket.socket) -> None:
    stream.shutdown(socket.SHUT_WR)
    stream.settimeout(_GOODBYE)
    # Silence is no fault: most receivers never say anything.
    with suppress(TimeoutError):
        stream.recv(1)


def _leave_secured(stream: ssl.SSLSocket) -> None:
    stream.settimeout(_GOODBYE)
    # A receiver that closes without TLS's own goodbye has read what came before.
    with suppress(TimeoutError, ssl.SSLError):
        stream.unwrap()
