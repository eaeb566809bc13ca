"""What a gateway is told about a request, and the verdict that it follows from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

Action = Literal["allow", "degrade", "throttle", "challenge", "block"]
"""from the mildest to the hardest"""
FailMode = Literal["open", "closed"]
Bypass = Literal["not_ready", "stale", "incomplete", "error"]
"""why the verdict on a request is not known"""

ACTIONS: Final[tuple[Action, ...]] = get_args(Action)
BYPASSES: Final[tuple[Bypass, ...]] = get_args(Bypass)
DENIALS: Final = frozenset(("throttle", "challenge", "block"))
UNAVAILABLE: Final = "unavailable"
"""`Decision.reason` of a request that was refused because nothing is known (fail-closed)"""


@dataclass(frozen=True, slots=True)
class Degrade:
    """What is taken out of a request that is served anyway."""

    strip: tuple[str, ...] = ("logprobs", "top_logprobs", "logit_bias")
    """names of request parameters to leave out"""
    clamp_n: int | None = 1
    """at most so many choices; None: as many as asked"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the service says of an account, as the feed carries it."""

    account_id: str
    action: Action
    shadow: bool = True
    expires: float = float("inf")
    """seconds since the epoch"""
    reason: str = "verdict"
    label: str | None = None
    score: float | None = None
    campaign_id: str | None = None
    retry_after: float | None = None
    """seconds"""
    degrade: Degrade = Degrade()
    subjects: tuple[str, ...] = ()
    """API keys and end users that belong to the account, as `stillwatch_client.view.digest_of` names them"""


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer. Do what `enforced` says; `action` is what would be done were it not for the shadow."""

    decision_id: str
    action: Action
    enforced: Action
    shadow: bool
    reason: str
    """the rule that decided, or `no_verdict`, `expired`, `unavailable`"""
    account_id: str | None = None
    """under which account the verdict was found"""
    label: str | None = None
    score: float | None = None
    campaign_id: str | None = None
    retry_after: float | None = None
    """seconds"""
    degrade: Degrade | None = None
    bypass: Bypass | None = None
    """why nothing was known of a request that is let through all the same (fail-open)"""
