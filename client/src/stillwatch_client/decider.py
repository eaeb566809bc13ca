"""What becomes of a request, by what is known here: no network, no waiting."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stillwatch_client.counters import Counters
from stillwatch_client.decision import UNAVAILABLE, Decision

if TYPE_CHECKING:
    from collections.abc import Callable

    from stillwatch_client.decision import Bypass, Verdict
    from stillwatch_client.settings import CacheSettings
    from stillwatch_client.table import VerdictTable


def random_id() -> str:
    """An id of a decision."""
    return f"dec_{secrets.token_hex(8)}"


@dataclass(slots=True)
class Decider:
    """Reads the table; may be called from any thread."""

    settings: CacheSettings
    table: VerdictTable
    clock: Callable[[], float]
    """seconds since the epoch"""
    monotonic: Callable[[], float]
    """seconds"""
    new_id: Callable[[], str] = random_id
    counters: Counters = field(default_factory=Counters)
    heard: float = float("-inf")
    """when the service last gave a sign of life, by `monotonic`"""

    def decide(
        self, *, account: str | None = None, api_key: str | None = None, end_user: str | None = None
    ) -> Decision:
        """Decide on a request by the account, else the key; by the end user where neither is named."""
        view = self.table.view
        if view is None:
            return self._without_knowledge("not_ready")
        if self.monotonic() - self.heard > self.settings.max_staleness:
            return self._without_knowledge("stale")
        verdict = view.find(account, api_key, end_user)
        if verdict is not None and self.clock() < verdict.expires:
            return self._by(verdict)
        if verdict is None and not view.complete:
            return self._without_knowledge("incomplete")
        self.counters.add("decisions", "allow")
        reason = "no_verdict" if verdict is None else "expired"
        return Decision(self.new_id(), "allow", "allow", self.settings.shadow, reason, account)

    def failed(self) -> Decision:
        """The answer where deciding itself went wrong."""
        return self._without_knowledge("error")

    def _by(self, verdict: Verdict) -> Decision:
        shadow = verdict.shadow or self.settings.shadow
        self.counters.add("would_have" if shadow else "decisions", verdict.action)
        if shadow:
            self.counters.add("decisions", "allow")
        return Decision(
            decision_id=self.new_id(),
            action=verdict.action,
            enforced="allow" if shadow else verdict.action,
            shadow=shadow,
            reason=verdict.reason,
            account_id=verdict.account_id,
            label=verdict.label,
            score=verdict.score,
            campaign_id=verdict.campaign_id,
            retry_after=verdict.retry_after,
            degrade=verdict.degrade if verdict.action == "degrade" else None,
        )

    def _without_knowledge(self, why: Bypass) -> Decision:
        if self.settings.fail == "open" or self.settings.shadow:
            self.counters.add("bypasses", why)
            self.counters.add("decisions", "allow")
            return Decision(self.new_id(), "allow", "allow", self.settings.shadow, UNAVAILABLE, bypass=why)
        self.counters.add("refusals", why)
        self.counters.add("decisions", "block")
        return Decision(self.new_id(), "block", "block", shadow=False, reason=UNAVAILABLE)
