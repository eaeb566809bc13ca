from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from detector.frames import pack, unpack
from detector.intake import Intake
from detector.ledger import Ledger
from features.state import State
from streaming.admission import AdmissionSettings
from tests.detector.streamed import KERNEL, TICK, batch_of
from tests.features.account.streams import STREAMS, Stream

if TYPE_CHECKING:
    from detector.pending import Chunk


def _chunks(stream: Stream) -> list[Chunk]:
    intake = Intake(KERNEL, AdmissionSettings(tick=TICK))
    return intake.admit(batch_of(stream)).by_tick()


def _told(ledger: Ledger) -> dict[str, bytes]:
    return {name: array.tobytes() for name, array in ledger.state().flat().items()}


@settings(max_examples=60)
@given(STREAMS, st.integers(0, 20))
def test_a_ledger_goes_on_from_its_state(stream: Stream, stop: int) -> None:
    """Stopped after any tick and restored elsewhere, it folds what follows to the same byte."""
    chunks = [pack(chunk, [], "1") for chunk in _chunks(stream)]
    whole, first, second = Ledger(KERNEL.key), Ledger(KERNEL.key), Ledger(KERNEL.key)

    for at, frame in enumerate(chunks):
        whole.fold(unpack(frame, at, "1")[0], (at + 1) * TICK)
        if at == stop:
            state = first.state()
            arrays = {name: array.copy() for name, array in state.flat().items()}
            second.restore(State.of(json.loads(json.dumps(state.outline())), arrays))
        (first if at < stop else second).fold(unpack(frame, at, "1")[0], (at + 1) * TICK)

    if stop < len(chunks):
        assert _told(second) == _told(whole)
