"""Which rule applies, and which goes on applying when the score moves a little.

A rule holds for an account from the verdict on by which it would apply to some request of it. While it
holds, it and the milder rules after it ask for less by the policy's hysteresis.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from detector.hook.policy.policy import Policy, Rule, When
    from detector.store.findings import VerdictRecord

NONE: Final = 127
"""Number of no rule; greater than any."""
OPEN: Final = "open"
"""status of a verdict that is alerted"""


class Standing(Struct, gc=False):
    """What a verdict says of an account."""

    label: str
    score: float
    alerted: bool
    in_campaign: bool

    @classmethod
    def of(cls, verdict: VerdictRecord) -> Standing:
        """What a stored verdict says."""
        return standing(verdict.label, verdict.score, verdict.status, grouped=verdict.campaign_id is not None)


def standing(label: str, score: float, status: str, *, grouped: bool) -> Standing:
    """What a verdict says; `grouped`: it names a campaign."""
    return Standing(label, score, status == OPEN, grouped)


class Rules:
    """A policy's rules, ready to be gone through."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.rules = policy.rule
        self._hysteresis = policy.hysteresis
        # Most rules are out of the question by the label alone.
        labels: set[str] = {label for rule in policy.rule for label in rule.when.label}
        every = list(enumerate(policy.rule))
        self._other = [one for one in every if not one[1].when.label]
        self._of: dict[str, list[tuple[int, Rule]]] = {
            label: [one for one in every if _of(one[1], label)] for label in labels
        }

    def first(
        self, of: Standing, held: int, plan: str | None, token: str | None, *, allow_listed: bool = False
    ) -> int:
        """The number of the rule that applies to a request, or `NONE`."""
        said = token or "none"
        for number, rule in self._of.get(of.label, self._other):
            when = rule.when
            if (
                when.allow_listed is allow_listed
                and self._stands(number, when, of, held)
                and (not when.plan or plan in when.plan)
                and (not when.human_token or said in when.human_token)
            ):
                return number
        return NONE

    def holding(self, of: Standing, held: int) -> int:
        """The number of the rule that holds from this verdict on; `held` did before."""
        for number, rule in self._of.get(of.label, self._other):
            if not rule.when.allow_listed and self._stands(number, rule.when, of, held):
                return number
        return NONE

    def _stands(self, number: int, when: When, of: Standing, held: int) -> bool:
        least = when.score_at_least - (self._hysteresis if number >= held else 0.0)
        return (
            of.score >= least
            and (when.alerted is None or when.alerted is of.alerted)
            and (when.in_campaign is None or when.in_campaign is of.in_campaign)
        )


def _of(rule: Rule, label: str) -> bool:
    return not rule.when.label or label in rule.when.label
