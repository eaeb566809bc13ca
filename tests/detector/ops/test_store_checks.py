from __future__ import annotations

from secrets import token_bytes
from typing import TYPE_CHECKING

import pytest

from detector.hook.commands import Commands
from detector.ops.checking import Outcome
from detector.ops.store_checks import store_checks
from detector.policy import Policy
from detector.store.intake import IntakeCounts
from detector.stream.calibrated import tell_calibration
from tests.support.stores import claimed, commit_of

if TYPE_CHECKING:
    from detector.store.interface import Store

NOW = 1_800_000_000_000


def enforcement(store: Store) -> tuple[Outcome, str]:
    """What is said of it."""
    (found,) = (check for check in store_checks(store, 300_000, NOW) if check.name == "enforcement")
    return found.outcome, found.said


def test_enforcing_by_thresholds_that_are_no_longer_calibrated_is_told(store: Store) -> None:
    """Enforcing was right when it began; then somebody else led, with the thresholds that are shipped."""
    assert enforcement(store)[0] is Outcome.OK
    tell_calibration(store, Policy(0.9, 0.8, 0.5, "ours"), NOW)
    Commands(store, "test", lambda: NOW, token_bytes).set_mode("enforce", "a test")
    assert enforcement(store) == (Outcome.OK, "on, by calibrated thresholds")
    tell_calibration(store, Policy(0.9, 0.8, 0.5, "shipped"), NOW)
    outcome, said = enforcement(store)
    assert outcome is Outcome.WARNING
    assert "not calibrated" in said


@pytest.mark.parametrize(("late", "outcome"), [(10, Outcome.OK), (11, Outcome.WARNING)])
def test_events_that_come_too_late_are_told(store: Store, late: int, outcome: Outcome) -> None:
    """One in a hundred may be."""
    counts = IntakeCounts(read=1000, accepted=1000 - late, late=late)
    store.commit([commit_of(claimed(store, "t/0"), 1000, watermark=NOW, counts=counts)], NOW)
    (found,) = (check for check in store_checks(store, 300_000, NOW) if check.name == "lateness")
    assert (found.outcome, found.said) == (outcome, f"{late} of 1,000 records came too late to count")
