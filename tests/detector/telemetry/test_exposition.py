from __future__ import annotations

import socket
import urllib.request
from typing import TYPE_CHECKING

import pytest

from detector.telemetry.exposition import DEFAULT_ADDRESS, Address, MetricsError, read_address, serve_metrics
from detector.telemetry.telemetry import make_telemetry

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry


def fetched(port: int | None) -> str:
    """What Prometheus would get."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        said: bytes = answer.read()
    return said.decode()


@pytest.fixture
def registry() -> CollectorRegistry:
    """Of a process that just started."""
    return make_telemetry().registry


def test_metrics_are_served_until_the_end(registry: CollectorRegistry) -> None:
    """A free port is found, answered on, and given back."""
    with serve_metrics(Address("127.0.0.1", 0), registry) as port:
        assert "\nstillwatch_leader 0.0\n" in fetched(port)
    with pytest.raises(OSError, match="refused"):
        fetched(port)


def test_nothing_listens_when_they_are_off(registry: CollectorRegistry) -> None:
    """`none` opens no port."""
    with serve_metrics(read_address("none"), registry) as port:
        assert port is None


def test_a_port_in_use_is_told(registry: CollectorRegistry) -> None:
    """The message names the address and the remedy."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = rf"127\.0\.0\.1:{port}: .*give a free address with --metrics"
        with pytest.raises(MetricsError, match=said), serve_metrics(Address("127.0.0.1", port), registry):
            pass


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (DEFAULT_ADDRESS, Address("127.0.0.1", 9464)),
        ("[::1]:80", Address("::1", 80)),
        ("metrics.internal:9464", Address("metrics.internal", 9464)),
        ("none", None),
    ],
)
def test_addresses_are_read(text: str, address: Address | None) -> None:
    """A host or an IPv6 address in brackets, and a port; without being told, this machine alone."""
    assert read_address(text) == address


@pytest.mark.parametrize("text", ["", "9464", ":9464", "host", "host:", "host:70000", "::1:80", "a b:80"])
def test_what_is_no_address_is_refused(text: str) -> None:
    """The message shows what an address looks like."""
    with pytest.raises(MetricsError, match="give host:port"):
        read_address(text)
