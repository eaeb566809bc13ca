"""The scheme `PrivateToken` in header fields (RFC 9577, sections 2.1 and 2.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from detector.human import base64url
from detector.human.auth_params import AuthItem, parse_items
from detector.human.errors import Malformed

SCHEME: Final = "PrivateToken"

_SECONDS: Final = re.compile(r"[0-9]{1,10}")


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """One challenge of a `WWW-Authenticate` field."""

    challenge: bytes
    """an encoded `TokenChallenge`, or what another token type has instead"""
    token_key: bytes | None = None
    """the issuer's public key; None if clients get it elsewhere"""
    max_age: int | None = None
    """seconds for which the challenge is accepted"""

    def format(self) -> str:
        """A value for `WWW-Authenticate`."""
        parts = [f'challenge="{base64url.encode(self.challenge)}"']
        if self.token_key is not None:
            parts.append(f'token-key="{base64url.encode(self.token_key)}"')
        if self.max_age is not None:
            parts.append(f'max-age="{self.max_age}"')
        return f"{SCHEME} {', '.join(parts)}"


def parse_requests(value: str) -> tuple[TokenRequest, ...]:
    """The `PrivateToken` challenges of a `WWW-Authenticate` field; raises `Malformed`.

    Other schemes and unknown parameters are ignored.
    """
    return tuple(_request(item.parameters) for item in parse_items(value) if _is_ours(item))


def parse_credentials(value: str) -> bytes:
    """The one encoded token of a field that is as `Authorization` would be; raises `Malformed`."""
    items = parse_items(value)
    if len(items) != 1 or not _is_ours(items[0]):
        raise Malformed(f'token header is not one {SCHEME}; send {SCHEME} token="..."')
    return base64url.decode(_required(items[0].parameters, "token"), "token")


def is_private_token(value: str) -> bool:
    """Whether an `Authorization` field is of this scheme; it usually holds an API key."""
    return value.lstrip(" \t")[: len(SCHEME) + 1].lower() == f"{SCHEME.lower()} "


def _is_ours(item: AuthItem) -> bool:
    return item.scheme.lower() == SCHEME.lower()


def _request(parameters: dict[str, str]) -> TokenRequest:
    key = parameters.get("token-key")
    age = parameters.get("max-age")
    if age is not None and not _SECONDS.fullmatch(age):
        raise Malformed("max-age is no number of seconds")
    return TokenRequest(
        challenge=base64url.decode(_required(parameters, "challenge"), "challenge"),
        token_key=None if key is None else base64url.decode(key, "token-key"),
        max_age=None if age is None else int(age),
    )


def _required(parameters: dict[str, str], name: str) -> str:
    if name not in parameters:
        raise Malformed(f"{SCHEME} has no parameter {name}; add it")
    return parameters[name]
