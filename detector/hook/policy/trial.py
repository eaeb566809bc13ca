"""A policy tried on history: who would have got what."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from detector.hook.decision import ACTIONS, Action
from detector.hook.policy.holding import NONE, Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from detector.hook.policy.holding import Rules

EXAMPLES: Final = 5
"""accounts named for each action"""


@dataclass(frozen=True, slots=True)
class History:
    """What was thought of an account, oldest first, and how much it asked."""

    account_id: str
    standings: Sequence[Standing]
    requests: int | None = None
    """None: not known"""


@dataclass(slots=True)
class Trial:
    """What a policy comes to for requests that present no token and are of no plan."""

    accounts: Counter[tuple[str, Action]] = field(default_factory=Counter)
    """by label and action, as of the last verdict"""
    requests: Counter[tuple[str, Action]] = field(default_factory=Counter)
    """all requests of these accounts, where they are known"""
    rules: Counter[str] = field(default_factory=Counter)
    """accounts by the rule that applies"""
    hardest: Counter[Action] = field(default_factory=Counter)
    """accounts by the hardest action that they ever got"""
    changes: int = 0
    """times that an account's action changed after its first"""
    examples: dict[Action, list[str]] = field(default_factory=dict)

    def add(self, rules: Rules, history: History) -> None:
        """Count one account in."""
        taken = _actions(rules, history.standings)
        if not taken:
            return
        number, action = taken[-1]
        label = history.standings[-1].label
        self.accounts[label, action] += 1
        self.requests[label, action] += history.requests or 0
        self.rules["(none)" if number == NONE else rules.rules[number].name] += 1
        self.hardest[max((one for _, one in taken), key=ACTIONS.index)] += 1
        self.changes += sum(before[1] != after[1] for before, after in pairwise(taken))
        named = self.examples.setdefault(action, [])
        if action != "allow" and len(named) < EXAMPLES:
            named.append(history.account_id)


def tried(rules: Rules, histories: Iterable[History]) -> Trial:
    """A policy over all accounts."""
    trial = Trial()
    for history in histories:
        trial.add(rules, history)
    return trial


def _actions(rules: Rules, standings: Sequence[Standing]) -> list[tuple[int, Action]]:
    """The rule and action after each verdict."""
    taken: list[tuple[int, Action]] = []
    held = NONE
    for standing in standings:
        held = rules.holding(standing, held)
        number = rules.first(standing, held, None, None)
        taken.append((number, "allow" if number == NONE else rules.rules[number].action))
    return taken
