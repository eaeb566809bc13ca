"""Fetching one small document of an issuer, so that nobody can turn us against our own network.

Only https, only addresses that were checked, no redirects, no proxies, and limits of size and time
(OWASP's cheat sheet on server-side request forgery).
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from typing import TYPE_CHECKING, Final

from detector.human.addresses import checked, parse_authority, resolve
from detector.human.errors import FetchError
from detector.human.pinned import PinnedConnection

if TYPE_CHECKING:
    import ssl
    from http.client import HTTPResponse

    from detector.human.addresses import Authority, Network, Resolve

MOST_ADDRESSES: Final = 3


@dataclass(frozen=True, slots=True)
class Document:
    """An answer with status 200."""

    body: bytes
    cache_control: str
    age: str


@dataclass(frozen=True, slots=True)
class Fetcher:
    """How to fetch; `tls` verifies certificates, as `ssl.create_default_context()` does."""

    tls: ssl.SSLContext
    resolve: Resolve = resolve
    trusted: tuple[Network, ...] = ()
    """networks of the operator's own that issuers may be in"""
    seconds: float = 5.0
    """for each address tried, after its name was resolved"""
    most_bytes: int = 65_536

    def get(self, name: str, path: str, media_type: str) -> Document:
        """`https://NAME/PATH`, which has to be of `media_type`; raises `FetchError`."""
        authority = parse_authority(name)
        place = f"https://{authority.text}{path}"
        try:
            found = self.resolve(authority.host, authority.port)
        except (OSError, UnicodeError):
            raise FetchError(f"{place}: the name does not resolve; see to the DNS or correct it") from None
        failure = FetchError(f"{place}: no address")
        for address in checked(found, self.trusted, place)[:MOST_ADDRESSES]:
            try:
                return self._ask(authority, address, path, media_type)
            except OSError as error:
                failure = FetchError(f"{place} at {address}: {_said(error)}; see that the issuer serves it")
        raise failure

    def _ask(self, authority: Authority, address: str, path: str, media_type: str) -> Document:
        connection = PinnedConnection(authority.host, authority.port, address, self.tls, self.seconds)
        place = f"https://{authority.text}{path}"
        with connection.limited():
            try:
                connection.putrequest("GET", path, skip_host=True, skip_accept_encoding=True)
                for header in (("Host", authority.text), ("Accept", media_type), ("Connection", "close")):
                    connection.putheader(*header)
                connection.endheaders()
                with connection.getresponse() as response:
                    document = self._read(response, media_type, place)
            except TimeoutError:
                # The socket's own limit is as long, and may be reached first.
                connection.expired = True
            except HTTPException as error:
                raise FetchError(f"{place}: answers no HTTP ({type(error).__name__})") from None
            finally:
                if connection.expired:
                    raise FetchError(f"{place}: takes over {self.seconds:g} s")
        return document

    def _read(self, response: HTTPResponse, media_type: str, place: str) -> Document:
        if response.status != HTTPStatus.OK:
            raise FetchError(f"{place}: answers {response.status}; only 200 is taken, redirects too are not")
        found = response.headers.get_content_type()
        if found != media_type:
            raise FetchError(f"{place}: is not {media_type}; name an issuer of private tokens")
        body = response.read(self.most_bytes + 1)
        if len(body) > self.most_bytes:
            raise FetchError(f"{place}: is over {self.most_bytes} bytes; directories are smaller")
        if response.length:
            raise FetchError(f"{place}: ends too early; try again")
        headers = response.headers
        return Document(body, headers.get("Cache-Control", ""), headers.get("Age", ""))


def _said(error: OSError) -> str:
    """The reason, without what the other side sent."""
    return getattr(error, "verify_message", None) or error.strerror or type(error).__name__
