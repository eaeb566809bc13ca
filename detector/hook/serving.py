"""Serving HTTP and gRPC from one process and one event loop, until told to stop."""

from __future__ import annotations

import asyncio
import signal
import socket
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import grpc
import uvicorn

from detector.hook.connections import Limits, limited
from detector.hook.errors import HookError
from detector.hook.gateways.envoy_grpc import make_server
from detector.telemetry.fields import Name

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fastapi import FastAPI

    from detector.hook.parts import Parts
    from detector.telemetry.exposition import Address

BACKLOG: Final = 2048
DRAIN_SECONDS: Final = 5
"""for which requests under way may go on when the service stops"""
KEEP_ALIVE_SECONDS: Final = 75
"""longer than gateways keep an idle connection, so that it is theirs to close"""


class ServeError(HookError):
    """The service cannot start: says where, why and the remedy."""


@dataclass(frozen=True, slots=True)
class Tls:
    """Files in PEM. With `client_ca`, clients must present a certificate that it signed (mTLS)."""

    certificate: Path
    key: Path
    client_ca: Path | None = None


@dataclass(frozen=True, slots=True)
class Listening:
    """Where to listen."""

    http: Address
    grpc: Address | None = None
    tls: Tls | None = None
    shared: bool = False
    """let other processes listen on the same HTTP port (SO_REUSEPORT)"""


def serve(
    app: FastAPI, parts: Parts, listening: Listening, ended: Callable[[], bool] = lambda: False
) -> None:
    """Serve until SIGTERM or SIGINT, or until something that it is for has `ended`.

    Raises `ServeError` where an address cannot be had.
    """
    with _bound(listening.http, shared=listening.shared) as bound:
        server = uvicorn.Server(_config(app, listening.tls))
        for sent in (signal.SIGTERM, signal.SIGINT):
            # uvicorn raises it once more when it is done, and the default would end us before we tidy up.
            signal.signal(sent, lambda *_: None)
        with asyncio.Runner(loop_factory=_loop) as runner:
            runner.run(_serve(server, bound, parts, listening, ended))


async def _serve(
    server: uvicorn.Server,
    bound: socket.socket,
    parts: Parts,
    listening: Listening,
    ended: Callable[[], bool],
) -> None:
    checks = None if listening.grpc is None else await _start_checks(parts, listening.grpc, listening.tls)
    host, port = bound.getsockname()[:2]
    parts.log.info("serving", http=Name(f"{host}:{port}"))
    ending = asyncio.create_task(_end_streams(server, parts, ended))
    try:
        await server.serve(sockets=[bound])
    finally:
        ending.cancel()
        if checks is not None:
            await checks.stop(DRAIN_SECONDS)


async def _end_streams(server: uvicorn.Server, parts: Parts, ended: Callable[[], bool]) -> None:
    """Streams never end by themselves, and the server would wait for them."""
    while not server.should_exit:
        await asyncio.sleep(0.1)
        server.should_exit = server.should_exit or ended()
    parts.followers.close()


async def _start_checks(parts: Parts, address: Address, tls: Tls | None) -> Any:
    checks = make_server(parts)
    try:
        if tls is None:
            port = checks.add_insecure_port(str(address))
        else:
            port = checks.add_secure_port(str(address), _credentials(tls))
    except RuntimeError:
        raise ServeError(
            f"--grpc {address} cannot be listened on; give a free address of this machine"
        ) from None
    await checks.start()
    parts.log.info("serving", grpc=Name(f"{address.host}:{port}"))
    return checks


def _credentials(tls: Tls) -> grpc.ServerCredentials:
    try:
        pair = tls.key.read_bytes(), tls.certificate.read_bytes()
        authority = None if tls.client_ca is None else tls.client_ca.read_bytes()
    except OSError as error:
        raise ServeError(
            f"TLS: {error.strerror}: {error.filename}; give certificate and key in PEM"
        ) from None
    return grpc.ssl_server_credentials([pair], authority, require_client_auth=authority is not None)


def _config(app: FastAPI, tls: Tls | None) -> uvicorn.Config:
    options: dict[str, Any] = {}
    if tls is not None:
        options = {"ssl_certfile": str(tls.certificate), "ssl_keyfile": str(tls.key)}
        if tls.client_ca is not None:
            options |= {"ssl_ca_certs": str(tls.client_ca), "ssl_cert_reqs": ssl.CERT_REQUIRED}
    # uvicorn calls it as it would call a class.
    http: Any = limited(Limits.of_process())
    config = uvicorn.Config(
        app, http=http, ws="none", log_config=None, access_log=False, server_header=False,
        date_header=False, proxy_headers=False, timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=DRAIN_SECONDS, **options,
    )  # fmt: skip
    try:
        config.load()
    except (OSError, ssl.SSLError) as error:
        raise ServeError(f"TLS: {error.strerror or error}; give certificate and key in PEM") from None
    return config


def _bound(address: Address, *, shared: bool) -> socket.socket:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        made.bind((address.host, address.port))
    except OSError as error:
        made.close()
        raise ServeError(f"--http {address}: {error.strerror}; give a free address of this machine") from None
    made.listen(BACKLOG)
    made.setblocking(False)  # noqa: FBT003 - the name of the standard library
    return made


def _loop() -> asyncio.AbstractEventLoop:
    """Libuv's loop where there is one: it serves more requests on the same core."""
    try:
        import uvloop  # noqa: PLC0415 - not on every platform
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()
