"""Metrics for Prometheus to fetch: numbers under fixed names, and no content.

There is no authentication, as Prometheus expects of what it scrapes. By default only this machine can
connect; on another address, whoever reaches it can read rates, topic names and the model's id.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from prometheus_client import start_wsgi_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client import CollectorRegistry

DEFAULT_ADDRESS: Final = "127.0.0.1:9464"
OFF: Final = "none"

_ADDRESS: Final = re.compile(r"(?:\[(?P<v6>[0-9a-fA-F:.]+)\]|(?P<host>[A-Za-z0-9.-]+)):(?P<port>[0-9]{1,5})")
_LAST_PORT: Final = 65_535


class MetricsError(Exception):
    """Metrics cannot be served: says where, why and the remedy."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen; port 0: any free one."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def read_address(text: str) -> Address | None:
    """The value of `--metrics`: host:port, [IPv6]:port, or `none`. Raises `MetricsError`."""
    if text == OFF:
        return None
    found = _ADDRESS.fullmatch(text)
    if found is None or int(found["port"]) > _LAST_PORT:
        raise MetricsError(f"--metrics {text!r} is no address; give host:port, [IPv6]:port or {OFF}")
    return Address(found["v6"] or found["host"], int(found["port"]))


@contextmanager
def serve_metrics(address: Address | None, registry: CollectorRegistry) -> Iterator[int | None]:
    """Answer on `address` from threads of its own, until the end of the block; yields the port."""
    if address is None:
        yield None
        return
    try:
        server, thread = start_wsgi_server(address.port, address.host, registry)
    except OSError as error:
        raise MetricsError(
            f"metrics cannot be served on {address.host}:{address.port}: {error.strerror}; "
            f"give a free address with --metrics, or --metrics {OFF}"
        ) from None
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
