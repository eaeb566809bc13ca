"""What every kind of proof-of-human has to offer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detector.human.redemption import Redemption


class TokenVerifier(Protocol):
    """Challenges clients and redeems what they present.

    A further kind of token is another implementation. Whatever it says raises no score and clears nobody:
    `valid` lowers friction, and the rest is `none` or `invalid`.
    """

    @property
    def header(self) -> str:
        """The request header field, in lower case, that gateways have to pass on."""
        ...

    def challenges(self, scope: bytes, now: int) -> tuple[str, ...]:
        """Values for `WWW-Authenticate`, one a line; none while there is nothing to ask for.

        `scope` is whom a token has to be got for, usually the account; `now` in ms since the epoch.
        """
        ...

    def presented(self, headers: Mapping[str, str]) -> bool:
        """Whether a request holds something to redeem, whatever it is worth; answered at once."""
        ...

    def redeem(self, headers: Mapping[str, str], scope: bytes, now: int) -> Redemption:
        """Judge a request's token, and use it up if it is valid. Never raises for what a client sent.

        Asks no other host. It may wait for the store of spent tokens.
        """
        ...

    def refresh(self, now: int) -> None:
        """Fetch keys that are due and forget what is over; to be called every minute, beside requests."""
        ...
