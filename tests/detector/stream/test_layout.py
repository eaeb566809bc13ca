"""What an operator may change between two runs leaves a stored state readable."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from detector.engine import Model
from detector.stream.pages import layout
from detector.stream.scoring import Scoring
from features.hashing import HashKey

if TYPE_CHECKING:
    from detector.cli.compose import Setup

KEY = HashKey.from_secret("a secret of the tests")


def test_a_calibration_may_come_and_go(shipped: Setup) -> None:
    """A state holds nothing of its policy, so that a restored one goes by the policy of now."""
    model, policy = Model.of(shipped.artefact), shipped.replay.policy
    calibrated = replace(policy, raise_at=0.5, source="march")
    assert (policy.shadow, calibrated.shadow) == (True, False)

    states = [Scoring(KEY, model, one).state() for one in (policy, calibrated)]

    assert layout(states[0]) == layout(states[1])
    assert states[0].outline() == states[1].outline()
    other = Scoring(KEY, model, calibrated)
    other.restore(states[0])
    assert other.state().outline() == states[0].outline()
