"""A provider as a relying party sees it: where to send a browser, and whom it vouches for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import httpx
import msgspec
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri  # type: ignore[import-untyped]  # no types
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]  # no types
from joserfc import jws, jwt
from joserfc.errors import JoseError

from detector.people.oidc.discovery import Directory, answer, decoded
from detector.people.oidc.errors import OidcError

if TYPE_CHECKING:
    from joserfc.jwt import Token

    from detector.people.oidc.flow import Flow
    from detector.people.oidc.settings import OidcSettings
    from detector.stream.clock import Clock

CALLBACK: Final = "/oidc/callback"
ALGORITHMS: Final = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
"""by a key pair; a token that we could sign ourselves proves nothing"""
LEEWAY: Final = 60
"""seconds by which clocks may differ"""
TIMEOUT: Final = httpx.Timeout(10.0, connect=5.0)
LONGEST: Final = 255
"""characters of a subject (OpenID Connect Core 1.0, 2)"""


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom a provider vouches for."""

    identity: str
    """`sub`"""
    name: str
    groups: tuple[str, ...]


class _Tokens(msgspec.Struct, frozen=True):
    id_token: str


class Provider:
    """One provider; `origin` is ours as browsers name it. `close` it in the end."""

    def __init__(self, settings: OidcSettings, secret: str | None, origin: str, clock: Clock) -> None:
        self.settings = settings
        self._secret = secret
        self._redirect = origin + CALLBACK
        self._clock = clock
        # No redirects and no proxy settings of the environment: the secret goes to this address alone.
        self._client = httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False, trust_env=False)
        self._directory = Directory(self._client, settings.issuer, clock.monotonic)

    async def address(self, flow: Flow) -> str:
        """Where to send the browser. Raises `OidcError`."""
        endpoints = await self._directory.endpoints()
        return str(
            prepare_grant_uri(
                endpoints.authorization_endpoint, self.settings.client_id, "code", self._redirect,
                self.settings.scope, flow.state, nonce=flow.nonce,
                code_challenge=flow.challenge, code_challenge_method="S256",
            )
        )  # fmt: skip

    async def vouched(self, flow: Flow, code: str) -> Vouched:
        """Whom a code stands for. Raises `OidcError` for a token that is not for us, now, and this flow."""
        token = await self._id_token(flow, code)
        read = await self._read(token)
        claims = CodeIDToken(
            read.claims,
            read.header,
            {
                "iss": {"essential": True, "value": self.settings.issuer},
                "aud": {"essential": True, "value": self.settings.client_id},
            },
            {"nonce": flow.nonce, "client_id": self.settings.client_id},
        )
        try:
            claims.validate(now=self._clock.now() // 1000, leeway=LEEWAY)
        except (JoseError, TypeError, ValueError) as error:
            raise OidcError(f"id_token: {error}; see to clocks and the client's settings") from None
        return self._whom(read.claims)

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()

    async def _id_token(self, flow: Flow, code: str) -> str:
        address = (await self._directory.endpoints()).token_endpoint
        fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": self._redirect}
        fields |= {"code_verifier": flow.verifier}
        if self._secret is None:
            request = self._client.build_request(
                "POST", address, data=fields | {"client_id": self.settings.client_id}
            )
            return decoded(await answer(self._client, request), _Tokens, address).id_token
        # Both are form-encoded before they become a header (RFC 6749, 2.3.1).
        known = httpx.BasicAuth(quote(self.settings.client_id, safe=""), quote(self._secret, safe=""))
        request = self._client.build_request("POST", address, data=fields)
        return decoded(await answer(self._client, request, auth=known), _Tokens, address).id_token

    async def _read(self, token: str) -> Token:
        """A token whose signature is the provider's."""
        try:
            header = jws.extract_compact(token.encode()).headers()
            keys = await self._directory.keys(header.get("kid"))
            return jwt.decode(token, keys, algorithms=ALGORITHMS)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise OidcError(f"id_token: {type(error).__name__}; see to the provider's keys") from None

    def _whom(self, claims: dict[str, Any]) -> Vouched:
        subject = claims.get("sub")
        if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST or not subject.isprintable():
            raise OidcError("id_token: sub is no subject; see to the provider")
        name, groups = claims.get(self.settings.name_claim), claims.get(self.settings.groups_claim, [])
        told = [groups] if isinstance(groups, str) else groups if isinstance(groups, list) else []
        held = tuple(group for group in told if isinstance(group, str))
        return Vouched(subject, name if isinstance(name, str) else "", held)
