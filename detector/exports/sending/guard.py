"""Where webhooks may lead: what an operator, or somebody's DNS, names must not be our own network.

OWASP's cheat sheet on server-side request forgery: addresses are checked after the name was resolved, the
connection goes to the address that was checked, and redirects are not followed.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from detector.exports.errors import ExportError
from detector.human.addresses import is_public, resolve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detector.human.addresses import Network, Resolve

TRUST: Final = "STILLWATCH_EXPORT_NETWORKS"
"""Variable with own networks that webhooks may lead to: only who starts the process can set it."""
_MOST: Final = 3
"""Addresses that are tried."""
_PORTS: Final = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Destination:
    """A URL, taken apart."""

    scheme: str
    host: str
    port: int
    authority: str
    """as the Host field has it"""
    path: str
    """with the query"""


@dataclass(frozen=True, slots=True)
class Guard:
    """Which addresses may be connected to."""

    trusted: tuple[Network, ...] = ()
    resolve: Resolve = resolve

    def addresses(self, to: Destination) -> tuple[str, ...]:
        """Those to connect to, in turn.

        Raises `ExportError` where one of the name is neither public nor trusted, `OSError` where it has none.
        """
        found = self.resolve(to.host, to.port)
        for text in found:
            self._check(text)
        if not found:
            raise OSError("the name has no address")
        return found[:_MOST]

    def secure(self, to: Destination, addresses: Sequence[str]) -> None:
        """Raise `ExportError` for plain HTTP to anywhere but a trusted network."""
        if to.scheme != "https" and not all(map(self._is_trusted, addresses)):
            raise ExportError(f"plain http is for networks named in {TRUST} only; use https")

    def _check(self, text: str) -> None:
        if not is_public(ip_address(text)) and not self._is_trusted(text):
            raise ExportError(f"{text} is no public address; if it is yours, name its network in {TRUST}")

    def _is_trusted(self, text: str) -> bool:
        return any(ip_address(text) in network for network in self.trusted)


def destination(url: str) -> Destination:
    """A URL as settings have it; raises `ExportError`, without the URL: its path may be a secret."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ExportError("url of the webhook cannot be read; write https://HOST/PATH") from None
    if parts.scheme not in _PORTS or not host or "@" in parts.netloc or not url.isascii():
        raise ExportError("url of the webhook: write https://HOST/PATH in ASCII, without a user's name")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Destination(parts.scheme, host, port or _PORTS[parts.scheme], parts.netloc, path)


def networks(text: str) -> tuple[Network, ...]:
    """From `10.0.0.0/8,fd00::/8`; raises `ExportError`."""
    return tuple(_network(part.strip()) for part in text.split(",") if part.strip())


def _network(text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise ExportError(f"{TRUST}: {error}; write networks as 10.0.0.0/8,fd00::/8") from None
