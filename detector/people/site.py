"""Where the service is for browsers: its origin, and what follows for cookies and requests."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from detector.people.records import PeopleError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

HOME: Final = "/console"
LONGEST: Final = 2000
"""characters of an address to go on to"""


@dataclass(frozen=True, slots=True)
class Site:
    """An origin as browsers name it, and the proxies whose word on a client's address counts."""

    origin: str
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()

    @property
    def secure(self) -> bool:
        """Whether cookies travel over TLS alone."""
        return self.origin.startswith("https://")

    def cookie(self, name: str) -> str:
        """A cookie's name. `__Host-` keeps subdomains from setting it, and needs TLS (RFC 6265bis, 4.1.3)."""
        return f"__Host-{name}" if self.secure else name


def make_site(origin: str, proxies: Iterable[str] = ()) -> Site:
    """Raises `PeopleError` for an origin that is none, or where passwords would travel in the clear."""
    parts = urlsplit(origin)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise PeopleError(f"origin {origin!r} is none; write https://HOST or https://HOST:PORT")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise PeopleError(f"origin {origin!r}: passwords need TLS; serve https, or on 127.0.0.1")
    try:
        known = tuple(ip_network(proxy) for proxy in proxies)
    except ValueError as error:
        raise PeopleError(f"proxies: {error}; write addresses or networks such as 10.0.0.0/8") from None
    return Site(f"{parts.scheme}://{parts.netloc}", known)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def same_origin(headers: Mapping[str, str], site: Site) -> bool | None:
    """Whether a request was made by our own pages; None: the client does not say.

    `Sec-Fetch-Site` is the browser's own judgement (Fetch Metadata); older ones send `Origin` only.
    """
    fetched, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if fetched is not None:
        return fetched == "same-origin"
    return None if origin is None else origin == site.origin


def safe_next(asked: str | None) -> str:
    """Where to go on to, if it is a path of ours; browsers take some other writings for a host."""
    if not asked or len(asked) > LONGEST or not asked.isascii() or not asked.isprintable():
        return HOME
    good = asked.startswith("/") and not asked.startswith("//") and not set(asked) & set("\\ <>\"'")
    return asked if good else HOME


def place_in(address: str) -> str:
    """What stands after the host in the address of a page, as a browser told it; nothing if it is none."""
    try:
        return urlsplit(address)._replace(scheme="", netloc="").geturl()
    except ValueError:
        return ""


def client_address(peer: str, forwarded: str, site: Site) -> str:
    """Whose request it is: the last of `X-Forwarded-For` that no known proxy has, if a known proxy asks."""
    address = peer
    for earlier in reversed([part.strip() for part in forwarded.split(",") if part.strip()]):
        if not _is_proxy(address, site):
            break
        address = earlier
    return address


def _is_proxy(address: str, site: Site) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in site.proxies)
