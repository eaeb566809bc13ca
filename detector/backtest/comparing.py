"""Two runs over the same history, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from detector.backtest.known import UNJUDGED
from detector.backtest.results import Backtest, Side, Slice, Taken
from detector.hook.decision import ACTIONS
from detector.hook.policy.trial import tried
from detector.reader import in_part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from detector.backtest.known import Known
    from detector.backtest.running import Run
    from detector.compose import Setup
    from detector.hook.policy.holding import Rules
    from detector.hook.policy.trial import Trial

NAMED: Final = 100
"""Accounts that are named of those on which both disagree."""
_NEVER: Final = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Tried:
    """A run, and under what it was made."""

    setup: Setup
    rules: Rules
    run: Run

    @property
    def alerted(self) -> NDArray[np.bool_]:
        """Whether an alert ever covered each account."""
        covered: NDArray[np.bool_] = self.run.alerted_at > 0
        return covered


def compare(champion: Tried, candidate: Tried, known: Known, minutes: float) -> Backtest:
    """All figures; `minutes` are an analyst's for an alert."""
    run = champion.run
    sides = [_side(one, known, minutes) for one in (champion, candidate)]
    before, after = champion.alerted, candidate.alerted
    return Backtest(
        run.begin, run.end, run.events, len(run.names), int((known.labels != UNJUDGED).sum()), minutes,
        sides[0], sides[1], int((before & after).sum()),
        _named(run, before & ~after), _named(run, after & ~before),
        tuple(_slices(champion, candidate, known)), tuple(_actions(champion, candidate)),
        tuple(in_part(error, "these figures") for error in run.errors),
    )  # fmt: skip


def leaked(run: Run, known: Known) -> NDArray[np.int64]:
    """Answered requests of each distilling account before an alert covered it; zero of all others."""
    until = np.where(run.alerted_at > 0, run.alerted_at, _NEVER)
    found = run.answered.between(known.since, until)
    return np.where(known.labels == "distillation", found, 0)


def _side(tried_: Tried, known: Known, minutes: float) -> Side:
    run, alerted = tried_.run, tried_.alerted
    counts = {name: int((alerted & (known.labels == name)).sum()) for name in ("benign", "relay", UNJUDGED)}
    attack = known.labels == "distillation"
    return Side(
        model_id=tried_.setup.artefact.model_id,
        thresholds=tried_.setup.policy.source,
        policy=tried_.rules.policy.policy_id,
        account_alerts=run.alerts["account"],
        campaign_alerts=run.alerts["campaign"],
        hours=run.alerts.total() * minutes / 60,
        alerted=int(alerted.sum()),
        found=int((alerted & attack).sum()),
        missed=int((~alerted & attack).sum()),
        wrong=counts["benign"],
        relays=counts["relay"],
        unjudged=counts[UNJUDGED],
        leaked=int(leaked(run, known).sum()),
        raised=run.raised,
    )


def _named(run: Run, chosen: NDArray[np.bool_]) -> tuple[str, ...]:
    return tuple(sorted(run.names[row] for row in np.flatnonzero(chosen)))[:NAMED]


def _slices(champion: Tried, candidate: Tried, known: Known) -> Iterator[Slice]:
    """Every value of every dimension under every label, where either alerted or something leaked."""
    before, after = champion.alerted, candidate.alerted
    leaks = leaked(champion.run, known), leaked(candidate.run, known)
    for dimension, values in known.slices.items():
        for label in np.unique(known.labels):
            inside = known.labels == label
            for name in np.unique(values[inside]):
                some = inside & (values == name)
                yield Slice(
                    dimension, str(name) or "unknown", str(label), int(some.sum()),
                    int((some & before).sum()), int((some & after).sum()), int((some & before & after).sum()),
                    int(leaks[0][some].sum()), int(leaks[1][some].sum()),
                )  # fmt: skip


def _actions(champion: Tried, candidate: Tried) -> Iterator[Taken]:
    before, after = (tried(one.rules, one.run.histories) for one in (champion, candidate))
    for label in sorted({label for label, _ in (*before.accounts, *after.accounts)}):
        for action in ACTIONS:
            taken = Taken(
                label, action, before.accounts[label, action], after.accounts[label, action],
                _requests(before, label, action), _requests(after, label, action),
            )  # fmt: skip
            if taken.champion or taken.candidate:
                yield taken


def _requests(trial: Trial, label: str, action: str) -> int:
    return sum(count for key, count in trial.requests.items() if key == (label, action))
