"""Says in the store whether the thresholds in use are calibrated: who enforces must know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from detector.store.control_reading import last_body
from detector.store.hook_records import Control

if TYPE_CHECKING:
    from detector.policy import Policy
    from detector.store.hook_records import HookStore

KIND: Final = "calibration"
"""of the control; hooks pass it by"""
AUTHOR: Final = "stillwatch run"


class Calibration(msgspec.Struct, frozen=True):
    """Body of the control."""

    calibrated: bool
    source: str
    """`shipped`, or the name of the calibration"""


def tell_calibration(store: HookStore, policy: Policy, now: int) -> None:
    """Say which thresholds a process that may lead scores by, if that is news; `now` in ms.

    Raises `StoreUnavailable`.
    """
    found = Calibration(not policy.shadow, policy.source)
    if told_calibration(store) != found:
        control = Control(KIND, "", msgspec.json.encode(found))
        store.control([control], AUTHOR, f"thresholds: {policy.source}", now)


def told_calibration(store: HookStore) -> Calibration | None:
    """What was said last; None: nothing yet."""
    body = last_body(store, KIND)
    return None if body is None else msgspec.json.decode(body, type=Calibration)


def enforcing_doubt(store: HookStore) -> str | None:
    """Why verdicts should not be enforced; None if nothing speaks against it. Raises `StoreUnavailable`."""
    told = told_calibration(store)
    if told is None:
        return "nobody has said that the thresholds are calibrated"
    return None if told.calibrated else f"the thresholds in use are not calibrated ({told.source})"
