"""A policy: ordered rules, of which the first that applies decides. None applies: allow."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from detector.hook.decision import Action, Degrade

Label = Literal["benign", "relay", "distillation"]
Token = Literal["none", "valid", "invalid"]
Share = Annotated[float, Meta(ge=0.0, le=1.0)]

STRIPPED: Final = ("logprobs", "top_logprobs", "logit_bias")


class When(Struct, frozen=True, forbid_unknown_fields=True):
    """What must all hold for a rule to apply; what is left out may be anything."""

    label: tuple[Label, ...] = ()
    score_at_least: Share = 0.0
    alerted: bool | None = None
    """whether the account has an open alert"""
    in_campaign: bool | None = None
    plan: tuple[str, ...] = ()
    human_token: tuple[Token, ...] = ()
    """what the request presented; `none` also where the gateway did not say"""
    allow_listed: bool = False
    """a rule is for accounts that are not allow-listed, or only for those that are"""


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    """Which requests, and what to do with them."""

    name: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,63}\Z")]
    """stands as the reason in decisions and metrics"""
    action: Action
    when: When
    retry_after: Annotated[int, Meta(ge=1, le=86_400)] = 30
    """seconds, for throttle"""
    strip: tuple[str, ...] = STRIPPED
    """request parameters to leave out, for degrade"""
    clamp_n: Annotated[int, Meta(ge=1)] | None = 1
    """at most so many choices, for degrade"""

    def degrading(self) -> Degrade | None:
        """What is taken out of a request."""
        return Degrade(self.strip, self.clamp_n) if self.action == "degrade" else None


class Policy(Struct, frozen=True, forbid_unknown_fields=True):
    """All rules, and how long verdicts and answers hold."""

    rule: tuple[Rule, ...]
    verdict_hours: Annotated[float, Meta(gt=0)] = 168.0
    """a verdict counts for so long after the tick that made it"""
    hysteresis: Share = 0.05
    """an action goes on until the score is lower than its rule asks by this much"""
    cache_seconds: Annotated[int, Meta(ge=0, le=300)] = 1
    """for how long a gateway may keep an answer"""
    policy_id: str = ""
    """hash of the text; not to be given"""
