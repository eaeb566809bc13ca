"""What every event must have, whatever its format: an id, an account and a plausible time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from features.adapters.reasons import field_error, missing
from features.times import EARLIEST, LATEST

if TYPE_CHECKING:
    from datetime import datetime

    from features.contract import UsageEvent


def check_required(event: UsageEvent) -> None:
    """Raise `RecordError` unless the event has an id, an account and a plausible time."""
    if not event.event_id:
        raise missing("event_id")
    if not event.account_id:
        raise missing("account_id")
    check_time(event.time)


def check_time(time: datetime | None) -> None:
    """Raise `RecordError` unless the time lies in 2000 to 2199."""
    if time is None:
        raise missing("time")
    if not EARLIEST <= time < LATEST:
        raise field_error("bad_time", "time", "before 2000 or after 2199")
