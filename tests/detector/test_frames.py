from __future__ import annotations

import pytest
from hypothesis import given, settings

from detector.frames import FrameError, pack, unpack
from detector.intake import Intake
from features.batch import Lifecycle
from streaming.admission import AdmissionSettings
from tests.detector.streamed import KERNEL, TICK, batch_of
from tests.features.account.streams import STREAMS, Stream, make_stream

TOLD = [Lifecycle("ban", 1_772_323_200_000, "an account"), Lifecycle("model_release", 1, "a model")]


@settings(max_examples=30)
@given(STREAMS)
def test_a_frame_holds_what_it_was_given(stream: Stream) -> None:
    """Rows, sketches, names and bans come back as they were, and may be written to."""
    for chunk in Intake(KERNEL, AdmissionSettings(tick=TICK)).admit(batch_of(stream)).by_tick():
        again, told = unpack(pack(chunk, TOLD, "1"), int(chunk.ticks[0]), "1")

        assert again.rows.tobytes() == chunk.rows.tobytes()
        assert again.sketches.tobytes() == chunk.sketches.tobytes()
        assert again.ticks.tolist() == chunk.ticks.tolist()
        assert list(again.names) == list(chunk.names)
        assert told == TOLD
        again.rows["account"] = 0


def test_a_damaged_frame_is_told() -> None:
    """Bytes that are no frame are an error with a remedy."""
    with pytest.raises(FrameError, match="backup"):
        unpack(b"no frame", 1, "1")


def test_a_frame_of_another_release_is_told() -> None:
    """Rows of another layout, or hashed under another key, are not read as if they were ours."""
    for chunk in (
        Intake(KERNEL, AdmissionSettings(tick=TICK))
        .admit(batch_of(make_stream([(0, 1, 0, {}, None)])))
        .by_tick()
    ):
        with pytest.raises(FrameError, match="another release"):
            unpack(pack(chunk, [], "1"), 1, "2")
