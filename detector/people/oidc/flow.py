"""What binds an answer of the provider to the browser that asked: state, nonce and PKCE's verifier.

All three are derived from one secret in a cookie of the browser, so that nothing is kept here
(RFC 6749, 10.12; RFC 7636; OpenID Connect Core 1.0, 15.5.2).
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]  # no types

from detector.people.secrets import digest_of, new_secret
from detector.people.site import safe_next

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS: Final = 600
"""for which the browser keeps the cookie: time to sign in at the provider"""


@dataclass(frozen=True, slots=True)
class Flow:
    """One attempt to sign in."""

    secret: str
    back: str
    """where to go on to"""

    @property
    def state(self) -> str:
        """Comes back with the answer."""
        return self._derived("state")

    @property
    def nonce(self) -> str:
        """Comes back in the token."""
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        """Proves to the provider that who asked also fetches the token."""
        return self._derived("verifier")

    @property
    def challenge(self) -> str:
        """Of the verifier, S256."""
        return str(create_s256_code_challenge(self.verifier))

    def cookie(self) -> str:
        """The flow as the browser keeps it."""
        return f"{self.secret}.{urlsafe_b64encode(self.back.encode()).decode().rstrip('=')}"

    def _derived(self, what: str) -> str:
        mac = hmac.digest(self.secret.encode(), what.encode(), "sha256")
        return urlsafe_b64encode(mac).decode().rstrip("=")


def new_flow(back: str, random: Callable[[int], bytes]) -> Flow:
    """A flow that goes on to `back`."""
    return Flow(new_secret(random), safe_next(back))


def read_flow(cookie: str) -> Flow | None:
    """The flow of a cookie; None if it is none of ours."""
    secret, _, back = cookie.partition(".")
    if digest_of(secret) is None:
        return None
    try:
        path = urlsafe_b64decode(back + "=" * (-len(back) % 4)).decode()
    except ValueError:
        return None
    return Flow(secret, safe_next(path))
