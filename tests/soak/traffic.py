"""Traffic without an end: the unruly log again and again, each time later and under new ids."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Final

from tests.detector.stream.unruly import clean, unruly

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from tests.detector.stream.unruly import Log

_DAYS: Final = 4
"""that the log lasts"""
_BACK: Final = 900
"""days: early enough that years of it lie in the past"""
_TIMES: Final = ("time", "account_created")


def cycles(partitions: int, chance: Random) -> Iterator[Log]:
    """The log of each four days after the other; the same accounts go on."""
    lines = clean()
    for cycle in count():
        shift = timedelta(days=_DAYS * cycle - _BACK)
        yield unruly([_moved(line, shift, cycle) for line in lines], partitions, chance)


def _moved(line: bytes, shift: timedelta, cycle: int) -> bytes:
    try:
        event = json.loads(line)
        for name in _TIMES:
            if event.get(name):
                event[name] = _later(event[name], shift)
    except ValueError:
        return line
    if "event_id" in event:
        event["event_id"] = f"{cycle}-{event['event_id']}"
    return json.dumps(event).encode()


def _later(when: str, shift: timedelta) -> str:
    moved = datetime.fromisoformat(when) + shift
    return moved.isoformat(timespec="milliseconds").replace("+00:00", "Z")
