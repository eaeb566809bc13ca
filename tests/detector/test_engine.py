from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.engine import Engine
from detector.ledger import Tick
from detector.ticks import TickLoop
from features.population.layout import WORDS
from features.rows import EVENT_ROW, SKETCH_ROW
from models.scorer import LABELS
from streaming.admission import AdmissionSettings
from tests.detector.streamed import KERNEL, POLICY, told_model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detector.alert import Alert
    from detector.policy import Policy

MINUTE = 60_000
SCORE = st.integers(1, 999)


@dataclass
class World:
    """An engine and the accounts that it looks at; scores are set in thousandths."""

    loop: TickLoop
    engine: Engine
    end: int = 0

    def tick(self, scores: dict[str, int], events: int = 10, relay: int = 0) -> list[Alert]:
        """Close a tick in which these accounts came to these scores."""
        found = self.loop.ledger.accounts.locate(list(scores)).astype(np.int64)
        rows = self.loop.ledger.accounts.rows
        rows["with_temperature"][found], rows["temperature"][found] = 1, list(scores.values())
        rows["biased"][found], rows["bias_size"][found] = 1, relay
        rows["events"][found] = events
        rows["total"][found] = np.maximum(rows["total"][found] * 9 // 8 + 1, events)
        self.end += 5 * MINUTE
        return self.engine.decide(_tick(self.end, np.sort(found)))


def _tick(end: int, accounts: NDArray[np.int64]) -> Tick:
    """A tick that changed these accounts, who share nothing."""
    nothing = np.zeros(0, dtype=np.int64)
    shared = np.zeros((0, len(WORDS)), dtype=np.int32)
    return Tick(
        end, accounts, nothing, np.zeros(0, dtype=EVENT_ROW), np.zeros(0, dtype=SKETCH_ROW), shared, None
    )


def _world(policy: Policy = POLICY) -> World:
    loop = TickLoop(KERNEL, AdmissionSettings())
    return World(loop, Engine(loop.ledger, told_model(), policy))


@given(st.lists(SCORE, max_size=30))
def test_revisions_equal_those_of_a_plain_reference(walk: list[int]) -> None:
    """Raise, update, clear and raise again: one alert, whose revisions count up by one."""
    world, found = _world(), []
    expected: list[tuple[int, int, str]] = []
    is_open, last = False, 0.0
    for step, thousandths in enumerate(walk, start=1):
        found += world.tick({"a": thousandths})
        score = thousandths / 1000
        raised = not is_open and score >= 0.8
        cleared = is_open and score < 0.6
        # The last score is kept in single precision.
        if raised or cleared or (is_open and abs(score - float(np.float32(last))) >= 0.1):
            last, is_open = score, not cleared
            expected.append((len(expected) + 1, step * 5 * MINUTE, "open" if is_open else "cleared"))

    assert [(alert.revision, alert.time, alert.status) for alert in found] == expected
    assert len({alert.alert_id for alert in found}) <= 1


@settings(max_examples=50)
@given(st.lists(st.dictionaries(st.sampled_from("abcd"), SCORE, min_size=1), max_size=8))
def test_an_account_is_judged_by_itself(ticks: list[dict[str, int]]) -> None:
    """The alerts of an account are the same whichever others are scored with it."""
    together = _world()
    found = [alert for scores in ticks for alert in together.tick(scores)]

    for name in "abcd":
        alone = _world()
        expected: list[Alert] = []
        for scores in ticks:
            if name in scores:
                expected += alone.tick({name: scores[name]})
            else:
                alone.end += 5 * MINUTE
        assert [alert for alert in found if alert.subject_id == name] == expected


def test_an_alert_says_who_when_why_and_by_what() -> None:
    """A raised alert carries its account, the tick's end, its score, class, model and techniques."""
    world = _world()

    (alert,) = world.tick({"a": 900, "b": 100})

    assert (alert.subject_id, alert.kind, alert.label, alert.status) == (
        "a",
        "account",
        "distillation",
        "open",
    )
    assert (alert.time, alert.revision, alert.model_id) == (5 * MINUTE, 1, "sw-test")
    assert alert.score == pytest.approx(0.9)
    assert alert.techniques == ("AML.T0024.002", "AML.T0040")


def test_reasons_add_up_to_the_logit_of_the_score() -> None:
    """The named features, the others and the baseline make the score's logit; the heaviest comes first."""
    (alert,) = _world().tick({"a": 900})

    assert alert.reasons[0].code == "temperature"
    assert alert.reasons[0].detail == "Mean temperature. 0.9 degrees; not seen in the cohort"
    assert [reason.code for reason in alert.reasons[-2:]] == ["other_features", "baseline"]
    assert sum(reason.weight for reason in alert.reasons) == pytest.approx(np.log(0.9 / 0.1))


def test_alerts_of_a_tick_come_in_the_order_of_their_accounts() -> None:
    """The order in which accounts were first seen does not show."""
    alerts = _world().tick({"c": 900, "a": 950, "b": 810, "d": 10})

    assert [alert.subject_id for alert in alerts] == ["a", "b", "c"]


def test_an_account_is_scored_again_when_it_has_grown_by_a_sixteenth() -> None:
    """Of an account with 160 requests nine more change nothing, the tenth does."""
    world = _world()
    world.tick({"a": 100}, events=160)
    account = np.array([0])

    world.loop.ledger.accounts.rows["temperature"][0] = 900
    world.loop.ledger.accounts.rows["total"][0] = 169
    assert world.engine.decide(_tick(10 * MINUTE, account)) == []
    world.loop.ledger.accounts.rows["total"][0] = 170
    assert len(world.engine.decide(_tick(15 * MINUTE, account))) == 1


def test_few_requests_raise_nothing() -> None:
    """Below the least number of requests no score raises an alert; with one more it does."""
    world = _world()

    assert world.tick({"a": 990}, events=3) == []
    assert len(world.tick({"a": 990}, events=4)) == 1


def test_a_cleared_alert_accuses_of_nothing() -> None:
    """The revision that clears an alert has no technique, and the label of what the account now is."""
    world = _world()
    world.tick({"a": 900})

    (alert,) = world.tick({"a": 100}, relay=80)

    assert (alert.status, alert.label, alert.techniques) == ("cleared", "relay", ())
    assert not world.engine.verdicts["open"][0]


def test_the_first_alert_keeps_its_time() -> None:
    """However often an alert is cleared and raised again, the account's first alert is the first."""
    world = _world()
    for score in (900, 100, 950):
        world.tick({"a": score})

    assert world.engine.verdicts["first_alert"][0] == 5 * MINUTE
    assert world.engine.verdicts["revision"][0] == 3


@pytest.mark.parametrize(("source", "shadow"), [("shipped", True), ("calibrated", False)])
def test_alerts_say_whether_they_are_shadow(source: str, *, shadow: bool) -> None:
    """By shipped thresholds every alert is marked as shadow, by calibrated ones none."""
    (alert,) = _world(replace(POLICY, source=source)).tick({"a": 900})

    assert alert.shadow is shadow


@pytest.mark.parametrize(("relay", "label"), [(69, "benign"), (70, "relay")])
def test_labels_of_accounts_without_an_alert(relay: int, label: str) -> None:
    """An account is shown as relay from the relay threshold on, and that alone raises no alert."""
    world = _world()

    assert world.tick({"a": 300}, relay=relay) == []
    assert world.engine.label(0) == label


@given(st.lists(st.tuples(SCORE, st.integers(0, 100)), min_size=1, max_size=6))
def test_one_account_is_shown_as_all_are(scores: list[tuple[int, int]]) -> None:
    """Its class is the same asked for alone, among all, and where resellers are looked for."""
    world = _world()
    for at, (score, relay) in enumerate(scores):
        world.tick({f"a{at}": score}, relay=relay)

    engine, rows = world.engine, range(len(scores))
    assert [LABELS[label] for label in engine.labels] == [engine.label(row) for row in rows]
    assert engine.view(world.end).relay.tolist() == [engine.label(row) == "relay" for row in rows]


def test_every_account_has_a_score_at_the_end() -> None:
    """An account that never had enough requests is scored when the log ends, and still raises nothing."""
    world = _world()
    world.tick({"a": 950}, events=1)
    world.engine.settle(world.end)

    assert world.engine.verdicts["score"].tolist() == [pytest.approx(0.95)]
    assert world.engine.label(0) == "benign"
    assert world.engine.verdicts["first_alert"][0] == 0


def test_an_empty_log_has_no_verdicts() -> None:
    """Nothing seen is nothing scored."""
    world = _world()
    world.engine.settle(world.end)

    assert len(world.engine.verdicts) == 0
