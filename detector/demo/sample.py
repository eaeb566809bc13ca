"""The bundled sample log, as if it had been written in the past few days."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import zstandard

import detector

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_DAY_MS: Final = 86_400_000
_DATES: Final = re.compile(rb'"(time|account_created)":"(\d{4}-\d\d-\d\d)T')
_TIME: Final = re.compile(rb'"time":"([^"]{20,30})"')


@dataclass(frozen=True, slots=True)
class SampleLog:
    """Lines, some of them bad, and when each is due."""

    lines: Sequence[bytes]
    times: Sequence[int]
    """ms since the epoch; never goes back: a line that is late is due with the one before it"""

    def write(self, path: Path) -> None:
        """To a file that `stillwatch replay` reads."""
        path.write_bytes(b"".join(line + b"\n" for line in self.lines))

    def longest_pause(self) -> int:
        """Between two lines, ms."""
        return max(after - before for before, after in zip(self.times, self.times[1:], strict=False))


def recent_sample(now: int) -> SampleLog:
    """The sample, moved by whole days so that it ends within the day before `now`, ms since the epoch.

    Verdicts count for a week only. Hours stay as they are, for what is found depends on them.
    """
    packed = (files(detector) / "sample" / "events.jsonl.zst").read_bytes()
    lines = zstandard.ZstdDecompressor().decompress(packed).splitlines()
    days = (now - max(_times(lines))) // _DAY_MS
    moved = [_DATES.sub(lambda found: _later(found, days), line) for line in lines]
    return SampleLog(moved, _times(moved))


def sample_roles() -> dict[str, str]:
    """What each account of the sample was made as."""
    text = (files(detector) / "sample" / "roles.json").read_text(encoding="utf-8")
    roles: dict[str, str] = json.loads(text)
    return roles


def _later(found: re.Match[bytes], days: int) -> bytes:
    day = date.fromisoformat(found[2].decode()) + timedelta(days=days)
    return b'"%s":"%sT' % (found[1], day.isoformat().encode())


def _times(lines: Sequence[bytes]) -> list[int]:
    times: list[int] = []
    latest = 0
    for line in lines:
        if (found := _TIME.search(line)) is not None:
            latest = max(latest, _ms(found[1].decode()))
        times.append(latest)
    return times


def _ms(text: str) -> int:
    return round(datetime.fromisoformat(text).astimezone(UTC).timestamp() * 1000)
