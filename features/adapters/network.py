"""Where a request came from, as proxies tell it, and which endpoint it asked."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from features.adapters.values import text

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

_INTERNAL: Final = MappingProxyType(
    {
        4: tuple(
            map(
                ip_network,
                (
                    "10.0.0.0/8",
                    "172.16.0.0/12",
                    "192.168.0.0/16",
                    "100.64.0.0/10",
                    "127.0.0.0/8",
                    "169.254.0.0/16",
                ),
            )
        ),
        6: tuple(map(ip_network, ("::1/128", "fc00::/7", "fe80::/10"))),
    }
)
"""by version of the protocol"""
_LONGEST: Final = 64
_MOST_HOPS: Final = 32
_ENDPOINTS: Final = MappingProxyType(
    {
        "chat/completions": "chat",
        "completions": "completion",
        "responses": "responses",
        "embeddings": "embedding",
        "messages": "chat",
    }
)


def client_address(peer: Any, forwarded: Any) -> str | None:
    """The client's address from that of the peer and from `X-Forwarded-For`.

    A client can write anything to the left of what the proxies add, so the peer counts unless it is one of
    our own; then the last address that is not internal does (RFC 7239, section 8.1).
    """
    near = _host(peer)
    if near is not None and not _is_internal(near):
        return str(near)
    listed = text(forwarded)
    for hop in reversed([] if listed is None else listed.rsplit(",", _MOST_HOPS)):
        host = _host(hop)
        if host is not None and not _is_internal(host):
            return str(host)
    return None if near is None else str(near)


def operation_of(path: Any) -> str | None:
    """The canonical word for the endpoint that a path or URL names; None if it is none of a model API."""
    if not isinstance(path, str):
        return None
    bare = path.split("?", 1)[0].rstrip("/")
    return next((word for end, word in _ENDPOINTS.items() if bare.endswith("/" + end)), None)


def _host(address: Any) -> IPv4Address | IPv6Address | None:
    """An address without its port; None where it is none."""
    if not isinstance(address, str) or not 0 < len(address) <= _LONGEST:
        return None
    bare = address.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        return ip_address(bare)
    except ValueError:
        return None


def _is_internal(host: IPv4Address | IPv6Address) -> bool:
    return any(host in network for network in _INTERNAL[host.version])
