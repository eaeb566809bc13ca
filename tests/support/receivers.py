"""Receivers of exports on the loopback: HTTP that answers as told, and syslog over each transport."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LONG: Final = 5.0


@dataclass(slots=True)
class Received:
    """What came in, and what to answer."""

    port: int = 0
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"{}"
    wait: float = 0.0
    """seconds before the answer"""
    trickle: float = 0.0
    """seconds between the bytes of an answer's head, which never ends"""
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    came: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}/hook"


@contextmanager
def http_receiver(tls: ssl.SSLContext | None = None) -> Iterator[Received]:
    """A real server in a thread of its own."""
    received = Received()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(received))
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    received.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield received
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(received: Received) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers as `received` says."""

        def do_POST(self) -> None:
            """Remember the request."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.requests.append((self.path, dict(self.headers.items()), body))
            received.came.set()
            time.sleep(received.wait)
            try:
                self._answer()
            except OSError:
                self.close_connection = True

        def _answer(self) -> None:
            if received.trickle:
                self._trickle()
                return
            self.send_response(received.status)
            for name, value in received.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(received.body)))
            self.end_headers()
            self.wfile.write(received.body)

        def _trickle(self) -> None:
            end = time.monotonic() + _LONG
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
            while time.monotonic() < end:
                self.wfile.write(b"x")
                time.sleep(received.trickle)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as inherited
            """Keep quiet."""

    return Handler


@dataclass(slots=True)
class Lines:
    """What a syslog receiver got."""

    port: int
    data: list[bytes] = field(default_factory=list)
    came: threading.Event = field(default_factory=threading.Event)


@contextmanager
def stream_receiver(tls: ssl.SSLContext | None = None) -> Iterator[Lines]:
    """Takes one connection after the other over TCP or TLS; one entry of `data` for each."""
    listener = socket.create_server(("127.0.0.1", 0))
    lines = Lines(listener.getsockname()[1])
    thread = threading.Thread(target=_accept, args=(listener, lines, tls), daemon=True)
    thread.start()
    try:
        yield lines
    finally:
        # Closing alone would not wake up who waits in accept.
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def _accept(listener: socket.socket, lines: Lines, tls: ssl.SSLContext | None) -> None:
    while True:
        try:
            plain, _ = listener.accept()
        except OSError:
            return
        try:
            with tls.wrap_socket(plain, server_side=True) if tls else plain as stream:
                lines.data.append(_everything(stream))
        except OSError:
            plain.close()
            continue
        lines.came.set()


def _everything(stream: socket.socket) -> bytes:
    found = b""
    while part := stream.recv(65_536):
        found += part
    return found


@contextmanager
def datagram_receiver() -> Iterator[socket.socket]:
    """A UDP socket that somebody may send to."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        udp.settimeout(_LONG)
        yield udp


def server_tls(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's side under a fresh certificate for 127.0.0.1, and the file that a client has to trust."""
    key, authority = _self_signed()
    (folder / "authority.pem").write_bytes(authority)
    (folder / "server.pem").write_bytes(key + authority)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context, folder / "authority.pem"


def _self_signed() -> tuple[bytes, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stillwatch-tests")])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private, builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
