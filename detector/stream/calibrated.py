"""Says in the store whether the thresholds in use are calibrated: who enforces must know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from detector.store.hook_records import Control

if TYPE_CHECKING:
    from detector.policy import Policy
    from detector.store.hook_records import HookStore

KIND: Final = "calibration"
"""of the control; hooks pass it by"""
AUTHOR: Final = "stillwatch run"
_PAGE: Final = 1000


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
    after, body = 0, None
    while page := store.controls(after, _PAGE):
        body = next((one.control.body for one in page if one.control.kind == KIND), body)
        after = page[-1].version
    return None if body is None else msgspec.json.decode(body, type=Calibration)
