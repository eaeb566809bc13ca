"""Privacy Pass with publicly verifiable tokens: type 0x0002 of RFC 9577 and RFC 9578."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from detector.human.challenge import BLIND_RSA, TokenChallenge
from detector.human.errors import Malformed
from detector.human.headers import TokenRequest, is_private_token, parse_credentials
from detector.human.private_token import Token, token_type
from detector.human.redemption import Reason, Redemption
from detector.human.spent import Spent
from detector.store.errors import StoreError
from detector.telemetry.fields import Failure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from detector.human.contexts import Context, Contexts
    from detector.human.issuer import Issuer
    from detector.human.issuer_key import IssuerKey
    from detector.human.spent import SpentTokens
    from detector.telemetry.logs import Log

HEADER: Final = "private-token"
"""Ours, not the RFC's: `Authorization` of an LLM API holds the API key."""

_KEY_LIFETIME: Final = 90 * 86_400_000


@dataclass(frozen=True, slots=True)
class Settings:
    """Where tokens are redeemed."""

    origin_info: str
    """names of the API's hosts, separated by commas, the one that clients use among them"""
    header: str = HEADER
    """a token in `Authorization` is taken too, if that field holds one"""
    key_lifetime: int = _KEY_LIFETIME
    """ms for which an unbound token's nonce is kept at least, should its key vanish and come back"""


class PrivacyPass:
    """A `TokenVerifier`. Tokens are bound to `contexts`, which `scope` goes into.

    Raises `Malformed` if the names of issuers or of the origin cannot be in a challenge.
    """

    def __init__(
        self, issuers: Sequence[Issuer], contexts: Contexts, spent: SpentTokens, settings: Settings, log: Log
    ) -> None:
        self._issuers = tuple(issuers)
        self._contexts = contexts
        self._spent = spent
        self._settings = settings
        self._log = log
        for issuer in self._issuers:
            TokenChallenge(issuer.name, origin_info=settings.origin_info)

    @property
    def header(self) -> str:
        """As `TokenVerifier.header`."""
        return self._settings.header.lower()

    def challenges(self, scope: bytes, now: int) -> tuple[str, ...]:
        """One of each issuer whose keys are at hand."""
        context = self._contexts.accepted(scope, now)[0]
        age = None if context.until is None else max(0, context.until - now) // 1000
        offers = ((issuer, issuer.offered(now)) for issuer in self._issuers)
        return tuple(
            TokenRequest(self._challenge(issuer, context).encode(), key.spki, age).format()
            for issuer, key in offers
            if key is not None
        )

    def presented(self, headers: Mapping[str, str]) -> bool:
        """As `TokenVerifier.presented`."""
        return self._field(headers) is not None

    def redeem(self, headers: Mapping[str, str], scope: bytes, now: int) -> Redemption:
        """As `TokenVerifier.redeem`."""
        try:
            field = self._field(headers)
            if field is None:
                return Redemption(Reason.ABSENT)
            data = parse_credentials(field)
            if token_type(data) != BLIND_RSA:
                # Clients send reserved types on purpose when they have no token (RFC 9577, section 6.2.1).
                return Redemption(Reason.UNSUPPORTED_TYPE)
            token = Token.decode(data)
        except Malformed:
            return Redemption(Reason.MALFORMED)
        return self._judged(token, scope, now)

    def refresh(self, now: int) -> None:
        """As `TokenVerifier.refresh`; failures are logged."""
        for issuer in self._issuers:
            issuer.refresh(now)
        try:
            self._spent.forget(now, self._live(now))
        except StoreError as error:
            self._log.warning("spent_tokens_failed", error=Failure(error))

    def _live(self, now: int) -> list[bytes] | None:
        """The keys in use; None while those of an issuer are not at hand."""
        held = [issuer.keys(now) for issuer in self._issuers]
        return [key.key_id for keys in held for key in keys] if all(held) else None

    def _field(self, headers: Mapping[str, str]) -> str | None:
        fields = {name.lower(): value for name, value in headers.items()}
        own = fields.get(self.header)
        if own is not None:
            return own
        standard = fields.get("authorization", "")
        return standard if is_private_token(standard) else None

    def _challenge(self, issuer: Issuer, context: Context) -> TokenChallenge:
        return TokenChallenge(issuer.name, context.value, self._settings.origin_info)

    def _judged(self, token: Token, scope: bytes, now: int) -> Redemption:
        answered = self._answered(token, scope, now)
        if answered is None:
            return Redemption(Reason.OTHER_CHALLENGE)
        issuer, context = answered
        key = issuer.key(token.token_key_id, now)
        if key is None:
            reason = Reason.UNKNOWN_KEY if issuer.keys(now) else Reason.NO_KEYS
        elif not key.signed(token):
            reason = Reason.BAD_SIGNATURE
        else:
            # Last, or anybody could use up a nonce with a token that nobody signed.
            reason = self._used_up(token, key, context, now)
        return Redemption(reason, issuer.name)

    def _answered(self, token: Token, scope: bytes, now: int) -> tuple[Issuer, Context] | None:
        for context in self._contexts.accepted(scope, now):
            for issuer in self._issuers:
                if self._challenge(issuer, context).digest == token.challenge_digest:
                    return issuer, context
        return None

    def _used_up(self, token: Token, key: IssuerKey, context: Context, now: int) -> Reason:
        if context.until is None:
            spent = Spent(token.nonce, now + self._settings.key_lifetime, key.key_id)
        else:
            spent = Spent(token.nonce, context.until)
        try:
            return Reason.ACCEPTED if self._spent.spend(spent) else Reason.SPENT
        except StoreError as error:
            self._log.warning("spent_tokens_failed", error=Failure(error))
            return Reason.STORE_UNAVAILABLE
