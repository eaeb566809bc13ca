"""Where a provider's endpoints are (OpenID Connect Discovery 1.0), and its keys."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, TypeVar

import httpx
import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from detector.people.oidc.errors import OidcError
from detector.people.oidc.settings import check_address
from detector.people.records import PeopleError

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")

FRESH: Final = 3600.0
"""seconds after which endpoints and keys are asked for again"""
APART: Final = 60.0
"""seconds between two looks for a key that is not known: a forger must not make us ask at each attempt"""
LONGEST: Final = 1 << 20
"""bytes of an answer"""


class Endpoints(msgspec.Struct, frozen=True):
    """What is used of a provider's description."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class Directory:
    """A provider's endpoints and keys, kept for an hour."""

    def __init__(self, client: httpx.AsyncClient, issuer: str, monotonic: Callable[[], float]) -> None:
        self._client = client
        self._issuer = issuer
        self._monotonic = monotonic
        self._lock = asyncio.Lock()
        self._endpoints: tuple[float, Endpoints] | None = None
        self._keys: tuple[float, KeySet] | None = None

    async def endpoints(self) -> Endpoints:
        """Raises `OidcError` if the provider does not answer, or for another issuer."""
        async with self._lock:
            if self._endpoints is None or self._age(self._endpoints[0]) > FRESH:
                self._endpoints = self._monotonic(), await self._described()
            return self._endpoints[1]

    async def keys(self, key_id: str | None = None) -> KeySet:
        """Keys that sign tokens, asked for anew if `key_id` is not among them. Raises `OidcError`."""
        address = (await self.endpoints()).jwks_uri
        async with self._lock:
            if self._keys is None or self._stale(self._keys, key_id):
                self._keys = self._monotonic(), _key_set(await self._get(address, dict[str, Any]))
            return self._keys[1]

    def _stale(self, kept: tuple[float, KeySet], key_id: str | None) -> bool:
        age = self._age(kept[0])
        unknown = key_id is not None and all(key.kid != key_id for key in kept[1].keys)
        return age > FRESH or (unknown and age > APART)

    async def _described(self) -> Endpoints:
        address = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
        found = await self._get(address, Endpoints)
        if found.issuer != self._issuer:
            raise OidcError(f"issuer: the provider calls itself {found.issuer!r}; write that")
        try:
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                check_address(getattr(found, name), name)
        except PeopleError as error:
            raise OidcError(str(error)) from None
        return found

    async def _get(self, address: str, kind: type[_T]) -> _T:
        return decoded(await answer(self._client, self._client.build_request("GET", address)), kind, address)

    def _age(self, at: float) -> float:
        return self._monotonic() - at


async def answer(client: httpx.AsyncClient, request: httpx.Request, **options: Any) -> bytes:
    """The body of a 200, no longer than `LONGEST`. Raises `OidcError`."""
    try:
        reply = await client.send(request, stream=True, **options)
        try:
            parts, size = [], 0
            async for part in reply.aiter_bytes():
                size += len(part)
                if size > LONGEST:
                    raise OidcError(f"{request.url.path}: more than {LONGEST} bytes; see to the provider")
                parts.append(part)
        finally:
            await reply.aclose()
    except httpx.HTTPError as error:
        raise OidcError(f"{request.url.host}: {type(error).__name__}; see that it is reachable") from None
    if reply.status_code != httpx.codes.OK:
        raise OidcError(f"{request.url.path}: status {reply.status_code}; see the provider's log")
    return b"".join(parts)


def decoded(body: bytes, kind: type[_T], address: str) -> _T:
    """JSON of the provider. Raises `OidcError`, which names the field."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise OidcError(f"{address}: {error}; see to the provider") from None


def _key_set(said: dict[str, Any]) -> KeySet:
    try:
        return KeySet.import_key_set(said)  # type: ignore[arg-type]  # what it may be, it checks
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise OidcError(f"jwks_uri: {type(error).__name__}; see to the provider's keys") from None
