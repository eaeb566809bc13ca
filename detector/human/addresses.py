"""Which hosts may be asked: a name that an operator or an attacker's DNS gives must not lead inside."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import urlsplit

from detector.human.errors import FetchError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from ipaddress import IPv4Network, IPv6Address

    Network: TypeAlias = IPv4Network | IPv6Network
    Address: TypeAlias = IPv4Address | IPv6Address
    Resolve: TypeAlias = Callable[[str, int], tuple[str, ...]]

HTTPS: Final = 443

# Only this part of IPv6 is routed between networks (RFC 4291, section 2.4).
_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
# Both carry an IPv4 address that nobody would look at (RFC 3056, RFC 4380).
_TUNNELS: Final = (IPv6Network("2002::/16"), IPv6Network("2001::/32"))
_AUTHORITY: Final = re.compile(r"[A-Za-z0-9.:\[\]-]{1,253}")


@dataclass(frozen=True, slots=True)
class Authority:
    """Host and port of an `https` URL."""

    host: str
    port: int
    text: str
    """as written, which is what goes into the Host field"""


def parse_authority(text: str) -> Authority:
    """From host, host:port or [IPv6]:port; raises `FetchError` for anything else, as a user name."""
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or not _AUTHORITY.fullmatch(text):
        raise FetchError("issuer name is no authority; write host or host:port, in ASCII")
    return Authority(host, HTTPS if port is None else port, text)


def resolve(host: str, port: int) -> tuple[str, ...]:
    """The addresses of `host`, as the system's resolver has them; raises `OSError`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: Address) -> bool:
    """Whether it is one machine on the Internet, told by the address itself."""
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast
    inside_tunnel = any(address in tunnel for tunnel in _TUNNELS)
    return address.is_global and address in _GLOBAL_UNICAST and not inside_tunnel


def checked(resolved: Sequence[str], trusted: Sequence[Network], place: str) -> tuple[str, ...]:
    """All of `resolved`, if each is public or in a `trusted` network; raises `FetchError` else.

    One bad address condemns the rest: a name that leads inside at times is not an issuer's.
    """
    for text in resolved:
        address = ip_address(text)
        if not is_public(address) and not any(address in network for network in trusted):
            raise FetchError(f"{place}: {text} is no public address; if it is yours, trust its network")
    if not resolved:
        raise FetchError(f"{place}: the name has no address; correct the issuer's name")
    return tuple(resolved)
