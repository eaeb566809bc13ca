"""What an issuer publishes about its keys (RFC 9578, section 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from detector.human import base64url
from detector.human.challenge import BLIND_RSA
from detector.human.errors import Malformed
from detector.human.issuer_key import load_key

if TYPE_CHECKING:
    from detector.human.issuer_key import IssuerKey

PATH: Final = "/.well-known/private-token-issuer-directory"
MEDIA_TYPE: Final = "application/private-token-issuer-directory"
MOST_KEYS: Final = 64


class _TokenKey(msgspec.Struct, rename="kebab"):
    token_type: int
    token_key: str
    not_before: int | None = None


class _Directory(msgspec.Struct, rename="kebab"):
    token_keys: list[_TokenKey]


def parse_directory(body: bytes) -> tuple[IssuerKey, ...]:
    """The keys of type 0x0002 in the issuer's order of preference; raises `Malformed`.

    Keys of other types are left out, and there must be one of ours.
    """
    try:
        listed = msgspec.json.decode(body, type=_Directory).token_keys
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed("issuer directory is no JSON object with token-keys as RFC 9578 has them") from None
    if len(listed) > MOST_KEYS:
        raise Malformed(f"issuer directory has over {MOST_KEYS} token-keys; have the issuer remove old ones")
    keys = tuple(_key(key, place) for place, key in enumerate(listed) if key.token_type == BLIND_RSA)
    if not keys:
        raise Malformed("issuer directory has no token-keys of type 2; name an issuer of blind RSA tokens")
    return keys


def _key(listed: _TokenKey, place: int) -> IssuerKey:
    try:
        spki = base64url.decode(listed.token_key, "token-key")
        return load_key(spki, listed.not_before)
    except Malformed as error:
        raise Malformed(f"issuer directory token-keys[{place}]: {error}") from None
