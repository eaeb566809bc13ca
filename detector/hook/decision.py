"""What a gateway is told about a request."""

from __future__ import annotations

from typing import Final, Literal, get_args

from msgspec import Struct

Action = Literal["allow", "degrade", "throttle", "challenge", "block"]
"""from the mildest to the hardest"""
Mode = Literal["shadow", "enforce"]

ACTIONS: Final[tuple[Action, ...]] = get_args(Action)
MODES: Final[tuple[Mode, ...]] = get_args(Mode)
DENIALS: Final = frozenset(("throttle", "challenge", "block"))
STATUS: Final = {"allow": 200, "degrade": 200, "throttle": 429, "challenge": 401, "block": 403}
"""HTTP status of each action where a gateway may say anything."""


class Facts(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """What a gateway knows of a request; the first of account, key and end user with a verdict counts."""

    account_id: str | None = None
    api_key_id: str | None = None
    end_user_id: str | None = None
    plan: str | None = None
    human_token: Literal["none", "valid", "invalid"] | None = None
    call_id: str | None = None
    """id under which the gateway will log the request"""

    @property
    def name_somebody(self) -> bool:
        """Whether there is anybody to look up; a gateway that never names one has nobody refused."""
        return bool(self.account_id or self.api_key_id or self.end_user_id)


class Degrade(Struct, frozen=True, gc=False):
    """What is taken out of a request that is served anyway."""

    strip: tuple[str, ...] = ()
    """names of request parameters to leave out"""
    clamp_n: int | None = None
    """at most so many choices"""


class Decision(Struct, frozen=True, gc=False, omit_defaults=True):
    """An answer. Do what `enforced` says; `action` is what would be done were it not for the shadow."""

    decision_id: str
    action: Action
    enforced: Action
    shadow: bool
    reason: str
    """the rule that decided, or `no_verdict`, `no_subject`, `allow_listed`, `expired`, `undone`"""
    ttl: int
    """seconds for which the answer may be kept"""
    account_id: str | None = None
    """under which account the verdict was found"""
    label: str | None = None
    score: float | None = None
    campaign_id: str | None = None
    retry_after: int | None = None
    """seconds, where the action is throttle"""
    degrade: Degrade | None = None
    bypass: str | None = None
    """why nothing was decided and the request is let through (fail-open)"""
    human_token: Literal["none", "valid", "invalid"] | None = None
    """what the token was worth that came in answer to a challenge; None: nothing was asked for"""
    challenges: tuple[str, ...] = ()
    """what to ask the client for besides, each a challenge for `WWW-Authenticate`"""
