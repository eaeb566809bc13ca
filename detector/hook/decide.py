"""The decision: a look into memory, and the first rule that applies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import structs

from detector.hook.allowances import Allowances
from detector.hook.controls import Exemptions
from detector.hook.decision import Decision
from detector.hook.policy.holding import NONE, Rules, Standing, standing
from detector.hook.verdicts.index import ABSENT
from detector.hook.verdicts.subjects import NOBODY
from detector.hook.verdicts.table import UNKNOWN
from detector.human.redemption import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from detector.hook.decision import Facts, Mode
    from detector.hook.policy.policy import Policy
    from detector.hook.verdicts.subjects import Subjects
    from detector.hook.verdicts.table import VerdictTable
    from detector.store.findings import StoredVerdict
    from detector.store.hook_records import Link, SubjectKind

ANSWERED: Final = "challenge_answered"
"""reason of an allowed request that holds what the policy asks for"""
_HOUR: Final = 3_600_000


class Decider:
    """Everything a decision needs, in memory. One thread uses it."""

    def __init__(
        self, table: VerdictTable, subjects: Subjects, policy: Policy, now: Callable[[], int], nonce: str
    ) -> None:
        """`now` in ms; `nonce` begins the ids of this process' decisions, and no other process has it."""
        self.table = table
        self.allowed = Allowances()
        self.undone = Exemptions()
        self.mode: Mode = "shadow"
        self.ready = False
        """whether all verdicts were loaded"""
        self.uncertain: list[int] = []
        """rows loaded whose earlier verdicts say which rule holds"""
        self._subjects = subjects
        self._now = now
        self._nonce = nonce
        self._number = 0
        self.use(policy)

    def use(self, policy: Policy) -> None:
        """Decide by this policy from now on. What held under another does not hold any more."""
        self.rules = Rules(policy)
        self._kept = policy.verdict_hours * _HOUR
        self._cache = policy.cache_seconds
        self.table.forget_held()

    def put(self, stored: StoredVerdict) -> int:
        """Take over a verdict, and work out which rule holds from it on; returns its row."""
        table = self.table
        row = table.find(stored.verdict.account_id)
        before = NONE if row == ABSENT else self._held(row)
        row = table.put(stored)
        said = self.standing(row)
        held = table.held[row] = self.rules.holding(said, before)
        if not self.ready and held != self.rules.holding(said, 0):
            self.uncertain.append(row)
        return row

    def link(self, link: Link) -> list[int]:
        """Remember whose a subject is; the rows of accounts whose subjects are others by that."""
        rows = (self.table.find_key(account) for account in self._subjects.put(link))
        return [row for row in rows if row != ABSENT]

    def replay(self, row: int, history: Iterable[StoredVerdict]) -> None:
        """Work out which rule holds from an account's verdicts, oldest first, as who saw them all would."""
        held = NONE
        for stored in history:
            held = self.rules.holding(Standing.of(stored.verdict), held)
        self.table.held[row] = held

    def decide(self, facts: Facts) -> Decision:
        """What to do with a request."""
        account = facts.account_id
        row = self.table.find(account) if account else ABSENT
        if row == ABSENT:
            account, row = None, self._by_others(facts)
        if row == ABSENT:
            if not self.ready:
                return self.bypassed("loading")
            return self._allow("no_verdict" if facts.name_somebody else "no_subject")
        return self.decide_row(row, facts.plan, facts.human_token, account)

    def decide_row(
        self, row: int, plan: str | None = None, token: str | None = None, name: str | None = None
    ) -> Decision:
        """What to do with a request of this row's account; `name` spares looking the account's up."""
        table, now = self.table, self._now()
        account = name or table.account(row)
        if table.time[row] + self._kept < now:
            return self._allow("expired", account)
        if self.undone.covers(account, now):
            return self._allow("undone", account)
        campaign, label = table.campaign_of(row), table.labels.text(table.label[row])
        listed = self.allowed.covers(account, campaign, label, now)
        number = self.rules.first(self.standing(row), self._held(row), plan, token, allow_listed=listed)
        if number == NONE:
            return self._allow("allow_listed" if listed else "no_rule", account)
        rule = self.rules.rules[number]
        action, shadow = rule.action, self.mode != "enforce"
        if action == "challenge" and token == Status.VALID:
            # Not to be kept: the account's next request may hold no token.
            return structs.replace(self._allow(ANSWERED, account), ttl=0)
        return Decision(
            decision_id=self._id(),
            action=action,
            enforced="allow" if shadow else action,
            shadow=shadow,
            reason=rule.name,
            ttl=self._cache,
            account_id=account,
            label=label,
            score=round(table.score[row], 6),
            campaign_id=campaign,
            retry_after=rule.retry_after if action == "throttle" else None,
            degrade=rule.degrading(),
        )

    def bypassed(self, why: str) -> Decision:
        """Let a request through because we could not decide."""
        return Decision(self._id(), "allow", "allow", self.mode != "enforce", "bypass", 0, bypass=why)

    def standing(self, row: int) -> Standing:
        """What the verdict in a row says."""
        table = self.table
        return standing(
            table.labels.text(table.label[row]),
            table.score[row],
            table.statuses.text(table.status[row]),
            grouped=table.campaign[row] != ABSENT,
        )

    def _held(self, row: int) -> int:
        """The rule that holds; of a verdict that was put under other rules, as if it were the first."""
        held = self.table.held[row]
        if held == UNKNOWN:
            held = self.table.held[row] = self.rules.holding(self.standing(row), NONE)
        return held

    def _by_others(self, facts: Facts) -> int:
        """The row of the key's verdict, or `ABSENT`; the end user's, where nobody else is named.

        Customers choose the ids of their end users: beside an account or a key they must not speak against
        it, or whoever is flagged could name the end users of others.
        """
        if facts.api_key_id:
            return self._linked("api_key", facts.api_key_id)
        if facts.end_user_id and not facts.account_id:
            return self._linked("end_user", facts.end_user_id)
        return ABSENT

    def _linked(self, kind: SubjectKind, subject: str) -> int:
        """By the subject's account; else a key may be itself what is scored.

        An end user's id may not: customers choose those, and could name somebody else's account.
        """
        account = self._subjects.account_of(kind, subject)
        row = ABSENT if account == NOBODY else self.table.find_key(account)
        return self.table.find(subject) if row == ABSENT and kind == "api_key" else row

    def _allow(self, reason: str, account_id: str | None = None) -> Decision:
        return Decision(
            self._id(), "allow", "allow", self.mode != "enforce", reason, self._cache, account_id=account_id
        )

    def _id(self) -> str:
        self._number += 1
        return f"dec_{self._nonce}{self._number:x}"
