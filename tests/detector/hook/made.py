"""A decider and a service in this process, over verdicts of the test's choice."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

from detector.hook.decide import Decider
from detector.hook.policy.reading import default_text, read_policy
from detector.hook.verdicts.subjects import Subjects
from detector.hook.verdicts.table import VerdictTable
from detector.store.findings import StoredVerdict, VerdictRecord

if TYPE_CHECKING:
    from detector.hook.policy.policy import Policy

NOW = 1_800_000_000_000


@dataclass(slots=True)
class Hand:
    """A clock that stands until it is moved."""

    at: int = NOW
    wrong: int = 0
    """ms by which somebody set the wall clock"""

    def now(self) -> int:
        """Ms."""
        return self.at + self.wrong

    def monotonic(self) -> float:
        """Seconds."""
        return self.at / 1000

    def sleep(self, seconds: float) -> None:
        """Move on."""
        self.at += round(seconds * 1000)


class Desk:
    """A decider with its clock, ready."""

    def __init__(self, policy: Policy | None = None, subjects: int = 100) -> None:
        self.clock = Hand()
        self.subjects = Subjects(subjects)
        chosen = policy or read_policy(default_text())
        self.decider = Decider(VerdictTable(), self.subjects, chosen, self.clock.now, "test")
        self.decider.ready = True
        self.decider.mode = "enforce"
        self._versions = count(1)

    def verdict(self, account_id: str, score: float, **changes: Any) -> None:
        """What is thought of an account from now on."""
        values = {"label": "distillation", "status": "open", "campaign_id": None, "time": self.clock.at}
        record = VerdictRecord(account_id=account_id, score=score, **(values | changes))
        self.decider.put(StoredVerdict(next(self._versions), record))
