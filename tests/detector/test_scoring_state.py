from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from detector.frames import pack, unpack
from detector.intake import Intake
from detector.stream.findings import alert_records, campaign_records
from detector.stream.scoring import Scoring
from features.batch import Lifecycle
from features.state import State
from streaming.admission import AdmissionSettings
from tests.detector.streamed import KERNEL, POLICY, TICK, asks, batch_of, name_of, told_model
from tests.features.account.streams import START

if TYPE_CHECKING:
    from tests.features.account.streams import Stream

MINUTE = 60_000
ASKED = st.tuples(
    st.integers(0, 30 * 24 * 60), st.integers(0, 7), st.integers(1, 3), st.sampled_from([100, 900, 990])
)
BANS = [Lifecycle("ban", START + 60 * MINUTE, name_of(2)), Lifecycle("model_release", START, "a model")]


def _frames(stream: Stream) -> list[tuple[int, bytes]]:
    chunks = Intake(KERNEL, AdmissionSettings(tick=TICK)).admit(batch_of(stream)).by_tick()
    return [(int(chunk.ticks[0]), pack(chunk, [], "1")) for chunk in chunks]


def _scoring() -> Scoring:
    return Scoring(KERNEL.key, told_model(), POLICY)


def _step(scoring: Scoring, tick: int, frame: bytes) -> list[object]:
    end = tick * TICK
    alerts = alert_records(scoring.score(unpack(frame, tick, "1")[0], end))
    return [alerts, scoring.changed(end), campaign_records(scoring.engine, end)]


def _moved(scoring: Scoring) -> Scoring:
    state = scoring.state()
    arrays = {name: array.copy() for name, array in state.flat().items()}
    other = _scoring()
    other.restore(State.of(json.loads(json.dumps(state.outline())), arrays))
    return other


@settings(max_examples=40, deadline=None)
@given(st.lists(ASKED, min_size=4, max_size=16), st.sets(st.integers(0, 15), max_size=4))
def test_scoring_goes_on_from_its_state(asked: list[tuple[int, int, int, int]], stops: set[int]) -> None:
    """Moved to another process after any ticks, it finds what it would have found, campaigns included."""
    frames = _frames(asks(*asked))
    whole, moved = _scoring(), _scoring()
    for scoring in (whole, moved):
        scoring.learn(BANS)

    for at, (tick, frame) in enumerate(frames):
        expected = _step(whole, tick, frame)
        if at in stops:
            moved = _moved(moved)
        assert _step(moved, tick, frame) == expected


def test_a_campaign_survives_a_move() -> None:
    """Accounts of one wording are alerted together, and stay one campaign after a move."""
    first = [(minute, account, 1, 990) for account in range(4) for minute in (0, 1)]
    later = [(600 + minute, account, 1, 990) for account in range(6) for minute in (0, 1)]
    frames = _frames(asks(*first, *later))
    scoring = _scoring()
    found = [_step(scoring, tick, frame) for tick, frame in frames[:-1]]

    told = _step(_moved(scoring), *frames[-1])

    assert any(campaigns for _, _, campaigns in found)
    assert told == _step(scoring, *frames[-1])
