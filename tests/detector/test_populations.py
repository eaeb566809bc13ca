from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.populations import PopulationScores
from features.population.attachment import LOWEST
from features.population.layout import FREE
from features.scored import NAMES
from tests.detector.streamed import Detector, asks, told_populations
from tests.features.account.streams import START
from tests.features.population.population_streams import random_stream

if TYPE_CHECKING:
    from models.population import PopulationScorer
    from tests.features.account.streams import Stream

HOUR = 60
DAY = 24 * HOUR
FEW = settings(max_examples=30)
STREAMS = st.builds(random_stream, st.integers(0, 2**32 - 1), st.integers(20, 80), values=st.integers(1, 3))


def crowd(minute: float, words: int, accounts: range, score: int = 900) -> list[tuple[float, int, int, int]]:
    """Accounts that begin alike."""
    return [(minute, account, words, score) for account in accounts]


def by_key(detector: Detector, scores: PopulationScores) -> dict[int, float]:
    """Log-odds by the key of what is shared, whatever its row."""
    keys = detector.loop.ledger.words.groups["key"].tolist()
    return dict(zip(keys, scores.logits.tolist(), strict=True))


def wordings(detector: Detector) -> list[bool]:
    """Of each wording that is known, whether it is more likely a campaign's than not; in ascending order."""
    scores = scores_of(detector)
    scores.settle()
    return sorted((scores.logits > 0).tolist())


def nearly_suspicious() -> PopulationScorer:
    """A suspicious population is a little more likely not a campaign's."""
    told = told_populations()
    view = told.view
    nodes = view.forest.nodes.copy()
    nodes["value"][2] = 0.2
    return replace(told, view=replace(view, forest=replace(view.forest, nodes=nodes)))


def scores_of(detector: Detector) -> PopulationScores:
    """Without any score."""
    return PopulationScores(detector.loop.ledger.words, detector.loop.ledger.accounts, told_populations())


@FEW
@given(STREAMS, st.integers(1, 4))
def test_scores_follow_their_populations_to_new_rows(stream: Stream, remember: int) -> None:
    """When rows are renumbered, whatever shared thing is still there keeps its score."""
    detector = Detector(remember=remember)
    scores = scores_of(detector)
    before: dict[int, float] = {}
    for tick in detector.steps(stream):
        if tick.renumbered is not None:
            scores.renumber(tick.renumbered)
            after = by_key(detector, scores)
            kept = {key for key, row in zip(before, tick.renumbered, strict=True) if row != FREE}
            assert {key: after[key] for key in kept} == {key: before[key] for key in kept}
            new = set(after) - kept
            assert {after[key] for key in new} <= {LOWEST}
        scores.update(tick.populations)
        before = by_key(detector, scores)


@FEW
@given(STREAMS)
def test_whoever_remembers_everything_recent_says_the_same(stream: Stream) -> None:
    """Within what is remembered, a detector that forgets gives the alerts and scores of one that does not."""
    span = max(event["available"] for event in stream.events) - START
    days = span // (DAY * 60_000) + 2

    forgets, never = Detector(remember=days).run(stream), Detector(remember=None).run(stream)

    assert forgets.alerts == never.alerts
    assert forgets.settle().engine.verdicts.tobytes() == never.settle().engine.verdicts.tobytes()


def test_a_quiet_group_is_forgotten() -> None:
    """Its wording is scored in the first days; a week later nothing is known of it or of who used it."""
    others = [said for day in range(1, 8) for said in crowd(day * DAY, 2, range(5, 9), 200)]
    early = Detector(remember=2).run(asks(*crowd(0, 1, range(4)), *others[:8]))
    late = Detector(remember=2).run(asks(*crowd(0, 1, range(4)), *others))

    assert [wordings(detector) for detector in (early, late)] == [[False, True], [False]]
    rows = np.array([early.row(account) for account in range(4)])
    shared = [detector.engine.vectors(rows)[:, NAMES.index("shared_score")] for detector in (early, late)]
    assert (shared[0] > 0).all()
    assert (shared[1] == LOWEST).all()


def test_too_few_requests_say_nothing() -> None:
    """Three requests of three accounts are a population without a score, the fourth gives it one."""
    three = Detector().run(asks(*crowd(0, 1, range(3)), times=1))
    four = Detector().run(asks(*crowd(0, 1, range(3)), (1, 0, 1, 900), times=1))

    for detector, known in ((three, False), (four, True)):
        scores = scores_of(detector)
        scores.settle()
        assert (scores.logits != LOWEST).tolist() == [known]


def test_a_population_is_scored_again_when_it_has_grown_by_a_quarter() -> None:
    """Members are looked at when the score moved: of honest requests, one by one, not before the 77th.

    It is scored at 40 requests, 50, 62 and 77; its mean temperature falls below a half at the 72nd.
    """
    honest = [(minute, 0, 1, 0) for minute in range(HOUR, 11 * HOUR, 10)]
    detector = Detector()
    scores = scores_of(detector)
    looked = [
        int(detector.loop.ledger.words.groups["events"][0])
        for tick in detector.steps(asks(*crowd(0, 1, range(4)) * 10, *honest, times=1))
        if len(scores.update(tick.populations))
    ]

    assert looked == [40, 77]


def test_a_wording_that_is_nearly_a_campaigns_is_flagged_from_its_fifth_account_on() -> None:
    """Flags follow scores and members from tick to tick, and are the same when scores are put back."""
    detector = Detector()
    scores = PopulationScores(detector.loop.ledger.words, detector.loop.ledger.accounts, nearly_suspicious())
    flags = []
    for _ in detector.steps(asks(*[(HOUR * account, account, 1, 900) for account in range(6)])):
        scores.update(np.arange(len(detector.loop.ledger.words)))
        again = scores_of(detector)
        again.restore(scores.state())
        assert again.flagged.tolist() == scores.flagged.tolist()
        flags.append(scores.flagged.tolist())

    assert flags == [[], [], [False], [False], [True], [True]]


@FEW
@given(STREAMS)
def test_members_are_those_who_shared(stream: Stream) -> None:
    """Accounts in any of some populations, each once, ascending."""
    detector = Detector(remember=None).run(stream)
    words = detector.loop.ledger.words
    wanted = np.arange(len(words), dtype=np.int64)[::2]

    edges = words.edges
    expected = np.unique(edges["account"][np.isin(edges["population"], wanted)])
    assert words.members_of_any(wanted).tolist() == expected.tolist()
