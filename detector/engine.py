"""The engine: scores what a tick touched; one alert for each campaign, and for each account by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from detector.alert import TECHNIQUES, Alert
from detector.bans import Bans
from detector.campaigns.history import History
from detector.campaigns.identity import NOBODY
from detector.campaigns.rules import RULES
from detector.campaigns.tracker import Campaigns
from detector.campaigns.view import View
from detector.joining import Company
from detector.memory import memory
from detector.policy import CLEAR, RAISE, UPDATE
from detector.populations import PopulationScores
from detector.reasons import explain
from features.account.vector import vectors
from features.population.attachment import attach, parts_of, strongest
from features.population.growth import reserved
from features.state import State
from models.scorer import DISTILLATION, LABELS, RELAY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from detector.alert import Reason
    from detector.ledger import Ledger, Tick
    from detector.policy import Policy
    from features.batch import Lifecycle
    from features.graph import Graph
    from models.artefact import Artefact
    from models.cohort import Cohorts
    from models.population import PopulationScorer
    from models.scorer import Scorer

GROWTH: Final = 16
"""An account is scored again when it has made this part more requests."""

SILENT: Final = 30 * 86_400_000
"""An account is put away after such a silence (ms), twice as long as what accounts share is remembered."""

_NEAR: Final = 0.1
"""Scores to which company can make a difference."""

VERDICT: Final = np.dtype(
    [
        ("score", "<f4"),
        ("relay", "<f4"),
        ("peak", "<f4"),  # highest score with enough requests
        ("alerted", "<f4"),  # score of the latest revision of its own alert
        ("first_alert", "<i8"),  # end of the tick that raised the first alert, ms; 0: never
        ("revision", "<i4"),
        ("scored", "<i4"),  # requests ever, when it was last scored
        ("open", "?"),  # held to be distilling
        ("told", "?"),  # its own alert says so
    ]
)
"""What the engine remembers of an account beside its row."""


@dataclass(frozen=True, slots=True)
class Model:
    """What the engine needs of an artefact."""

    scorer: Scorer
    populations: PopulationScorer
    cohorts: Cohorts
    model_id: str

    @classmethod
    def of(cls, artefact: Artefact) -> Model:
        """The scoring part of an artefact."""
        return cls(artefact.scorer, artefact.populations, artefact.cohorts, artefact.model_id)


class Engine:
    """Scores account rows tick by tick. The same ticks give the same alerts."""

    def __init__(self, ledger: Ledger, model: Model, policy: Policy) -> None:
        self._ledger = ledger
        self._accounts = ledger.accounts
        self._words = ledger.words
        self._model = model
        self._policy = policy
        self._means = ledger.means
        self._populations = PopulationScores(ledger.words, ledger.accounts, model.populations)
        self._bans = Bans(ledger.accounts.names)
        self._history = History(ledger.key)
        self.campaigns = Campaigns(policy, model.model_id)
        self._verdicts: NDArray[np.void] = np.zeros(0, dtype=VERDICT)

    @property
    def verdicts(self) -> NDArray[np.void]:
        """Verdicts by account row, shape (accounts,)."""
        self._reserve()
        return self._verdicts[: len(self._accounts)]

    def learn(self, records: Iterable[Lifecycle]) -> None:
        """Take note of bans and releases, before the ticks that they lie in: they say who reacts to what."""
        told = list(records)
        self._bans.add(told)
        self._history.add(told)

    def decide(self, tick: Tick) -> list[Alert]:
        """Score what a closed tick touched; the revisions that follow, campaigns first, ordered by id."""
        self._reserve()
        if tick.renumbered is not None:
            self._populations.renumber(tick.renumbered)
        self._history.fold(tick.rows, self._accounts.rows["total"], tick.end)
        accounts = self._due(tick)
        found, action = self._judge(accounts, tick.end)
        beside = self._beside(accounts[action == RAISE])
        again, _ = self._judge(beside, tick.end)
        grouped = self.campaigns.update(tick.end, self.view(tick.end))
        if tick.renumbered is not None:
            self._lay_off(tick.end)
        # The later judgement of an account that was judged twice comes first.
        judged, at = np.unique(np.concatenate([beside, accounts]), return_index=True)
        told = self._is_to_tell(judged, accounts[action == UPDATE])
        return [*grouped, *self._revise(judged[told], np.concatenate([again, found])[at[told]], tick.end)]

    def view(self, now: int) -> View:
        """What campaigns are found in, at the end of a tick (ms)."""
        self._reserve()
        verdicts = self.verdicts
        return View(
            self._accounts.names, self._accounts.rows, self._words, self._means,
            flagged=self._populations.flagged,
            covered=verdicts["open"],
            scores=verdicts["score"],
            relay=self.labels == RELAY,
            banned=self._bans.at(now),
            history=self._history,
        )  # fmt: skip

    def settle(self, end: int) -> None:
        """Bring every score up to date, at the end of a log whose last tick ended at `end` (ms)."""
        self._reserve()
        self._ledger.bring_all_back()
        self._populations.settle()
        accounts = np.arange(len(self._accounts))
        for some in np.array_split(accounts, len(accounts) // 65_536 + 1):
            self._score(some)
        self.campaigns.settle(end, self.view(end))

    @property
    def labels(self) -> NDArray[np.int8]:
        """The class that each account is shown under, as its place in LABELS, shape (accounts,)."""
        return self._shown_under(self.verdicts)

    def label(self, account: int) -> str:
        """The class an account is shown under."""
        return LABELS[self._shown_under(self._verdicts[[account]])[0]]

    def name(self, account: int) -> str:
        """The id of an account."""
        return self._accounts.names[account]

    def vectors(self, accounts: NDArray[np.int64]) -> NDArray[np.float64]:
        """What is known of `accounts`, shape (n, len(features.scored.FEATURES)); NaN where unknown."""
        rows = self._accounts.rows
        counts, parts = parts_of(self._words, rows["total"], accounts)
        shared = attach(counts, parts, self._populations.logits)
        company = self._company().has(counts, parts)
        return np.concatenate([vectors(rows, accounts), shared, company[:, None]], axis=1)

    def wordings(self, accounts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Rows of the most suspicious wording that each of `accounts` shares; FREE where it shares none."""
        counts, parts = parts_of(self._words, self._accounts.rows["total"], accounts)
        return strongest(counts, parts, self._populations.logits)

    def state(self) -> State:
        """What `restore` needs beside the ledger."""
        memory = self._memory().state((self._bans, self._history, self.campaigns))
        parts = {"populations": self._populations.state(), "memory": memory}
        return State({"verdicts": self.verdicts}, parts=parts)

    def restore(self, state: State) -> None:
        """Go on from `state`, when the ledger is restored; another model's scores stay until they are due."""
        self._verdicts = state.arrays["verdicts"]
        self._populations.restore(state.parts["populations"])
        self._bans, self._history, self.campaigns = self._memory().restore(state.parts["memory"])

    def _memory(self) -> Graph:
        """The names, settings and key that campaigns know are the engine's."""
        return memory(
            {
                "names": self._accounts.names,
                "key": self._ledger.key,
                "policy": self._policy,
                "rules": RULES,
                "model": self._model.model_id,
            }
        )

    def _lay_off(self, end: int) -> None:
        """Put away accounts that have long been silent, and of whom nothing is held and told."""
        rows, kept = self._accounts.rows, self.verdicts
        silent = (rows["total"] > 0) & (rows["last_end"] < end - SILENT) & ~kept["open"] & ~kept["told"]
        some = np.flatnonzero(silent)
        self._ledger.put_away(some[self._is_alone(some)])

    def _due(self, tick: Tick) -> NDArray[np.int64]:
        """Accounts that a tick gave enough to say of, and members of populations that look different now."""
        moved = self._words.members_of_any(self._populations.update(tick.populations))
        said = moved[self._accounts.rows["events"][moved] >= self._policy.min_events]
        return np.union1d(np.union1d(tick.accounts[self._is_due(tick.accounts)], said), self._owed(tick))

    def _owed(self, tick: Tick) -> NDArray[np.int64]:
        """Accounts whose own alert does not say what is held of them.

        One was cleared while it was in a campaign, another one left its campaign and asks on: silent ones are
        let be, for a campaign whose links are forgotten must not end in an alert for each of its members.
        """
        kept = self.verdicts
        cleared = np.flatnonzero(kept["told"] & ~kept["open"])
        untold = tick.accounts[kept["open"][tick.accounts] & ~kept["told"][tick.accounts]]
        return np.union1d(cleared, untold[self._is_alone(untold)])

    def _is_due(self, accounts: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether there is enough to say, and more than when it was last said, shape (len(accounts),).

        Of an account with many requests a few more change nothing: it waits for a sixteenth more.
        """
        rows = self._accounts.rows
        scored = self._verdicts["scored"][accounts]
        due: NDArray[np.bool_] = (rows["events"][accounts] >= self._policy.min_events) & (
            rows["total"][accounts] - scored >= np.maximum(scored // GROWTH, 1)
        )
        return due

    def _score(self, accounts: NDArray[np.int64]) -> NDArray[np.float64]:
        found = self.vectors(accounts)
        kept, scores = self._verdicts, self._model.scorer.score(found)
        kept["score"][accounts] = scores.distillation
        kept["relay"][accounts] = scores.relay
        kept["scored"][accounts] = self._accounts.rows["total"][accounts]
        return found

    def _judge(self, accounts: NDArray[np.int64], end: int) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
        """Score accounts, and say by the policy which are held to be distilling.

        Returns what they were scored by, for who is alerted changes it, and what becomes of them.
        """
        found = self._score(accounts)
        kept = self._verdicts
        scores = kept["score"][accounts]
        events = self._accounts.rows["events"][accounts]
        kept["peak"][accounts] = np.maximum(kept["peak"][accounts], scores)
        action = self._policy.decide(scores, events, kept["open"][accounts], kept["alerted"][accounts])
        raised = accounts[action == RAISE]
        kept["open"][raised] = True
        kept["first_alert"][raised[kept["first_alert"][raised] == 0]] = end
        kept["open"][accounts[action == CLEAR]] = False
        return found, action

    def _is_to_tell(self, accounts: NDArray[np.int64], moved: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Of which of `accounts` their own alert gets a revision; the scores of `moved` did.

        One alert for a campaign, and none for each of its members.
        """
        kept = self._verdicts[accounts]
        told: NDArray[np.bool_] = (kept["open"] != kept["told"]) | (kept["told"] & np.isin(accounts, moved))
        told[told] = self._is_alone(accounts[told])
        return told

    def _shown_under(self, verdicts: NDArray[np.void]) -> NDArray[np.int8]:
        resells = verdicts["relay"] >= self._policy.relay_at
        labels: NDArray[np.int8] = np.where(verdicts["open"], DISTILLATION, resells * RELAY).astype(np.int8)
        return labels

    def _is_alone(self, accounts: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether each is in no campaign; who came since campaigns were last updated is in none."""
        _, campaign = self.campaigns.membership
        alone = np.ones(len(accounts), dtype=np.bool_)
        known = accounts < len(campaign)
        alone[known] = campaign[accounts[known]] == NOBODY
        return alone

    def _company(self) -> Company:
        rows = self._accounts.rows
        return Company(self._words, rows["total"], self._populations.flagged, self.verdicts["open"])

    def _beside(self, raised: NDArray[np.int64]) -> NDArray[np.int64]:
        """Accounts that are not alerted, and for whom it matters that `raised` were."""
        if len(raised) == 0:
            return raised
        around = self._company().around(raised)
        kept = self._verdicts
        return around[~kept["open"][around] & (kept["score"][around] >= _NEAR)]

    def _revise(self, accounts: NDArray[np.int64], found: NDArray[np.float64], end: int) -> list[Alert]:
        if len(accounts) == 0:
            return []
        kept = self._verdicts
        kept["told"][accounts] = kept["open"][accounts]
        kept["alerted"][accounts] = kept["score"][accounts]
        kept["revision"][accounts] += 1
        reasons = explain(self._model, found, self._accounts.rows["events"][accounts])
        alerts = [self._alert(int(accounts[i]), reasons[i], end) for i in range(len(accounts))]
        return sorted(alerts, key=lambda alert: alert.subject_id)

    def _alert(self, account: int, reasons: tuple[Reason, ...], end: int) -> Alert:
        verdict = self._verdicts[account]
        return Alert(
            subject_id=self._accounts.names[account],
            kind="account",
            revision=int(verdict["revision"]),
            time=end,
            label=self.label(account),
            score=float(verdict["score"]),
            status="open" if verdict["open"] else "cleared",
            reasons=reasons,
            model_id=self._model.model_id,
            shadow=self._policy.shadow,
            techniques=(TECHNIQUES["extraction"], TECHNIQUES["access"]) if verdict["open"] else (),
        )

    def _reserve(self) -> None:
        self._verdicts = reserved(self._verdicts, len(self._accounts))
