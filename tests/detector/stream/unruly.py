"""A log with everything that a stream has to bear, and what it came from."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import zstandard

import detector

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

SAMPLE: Final = Path(detector.__file__).parent / "sample" / "events.jsonl.zst"
TICK: Final = 300_000
WITNESSES: Final = 8
"""events of a partition that move its watermark"""
ODD_NAME: Final = "acct\0\\of an attacker"
RENAMED: Final = b'"acct_ed8fbbad"'

_BANNED: Final = 7
"""every so many accounts is banned, and every second of these admitted again"""
_POISON: Final = (
    None,
    b" ",
    b"not JSON",
    b"\0\0\0",
    b"[]",
    b"\xff\xfe",
    b"[" * 50_000,
    b'{"event_id": 1, "time": "2026-06-01T00:00:00Z", "account_id": "a"}',
    b'{"event_id": "a", "time": "yesterday", "account_id": "a"}',
    b'{"event_id": "a", "time": "2190-01-01T00:00:00Z", "account_id": "a"}',
    b'{"event_id": "a", "time": "2026-06-01T00:00:00Z"}',
    b'{"event_id": "a", "time": "2026-06-01T00:00:00Z", "account_id": "\\ud800"}',
    b'{"event_id": "a", "time": "2026-06-01T00:00:00Z", "account_id": "a", "x\\u0000": 1, "n": "\\u0000"}',
    b'{"kind": "\\u0000", "time": "2026-06-01T00:00:00Z", "account_id": "a"}',
    b'"' + b"a" * (5 << 20) + b'"',
)


class Record(NamedTuple):
    """What a producer sends."""

    partition: int
    key: bytes
    value: bytes | None


@dataclass(frozen=True)
class Log:
    """Records in the order in which they are sent, those that end every tick last."""

    records: Sequence[Record]
    last_tick: int
    """the last with an event of interest"""

    @property
    def read(self) -> int:
        """Records that are not empty."""
        return sum(bool(record.value and record.value.strip()) for record in self.records)

    def part(self, at: int, of: int) -> Sequence[Record]:
        """One of so many parts of about the same length."""
        return self.records[len(self.records) * at // of : len(self.records) * (at + 1) // of]


def clean() -> list[bytes]:
    """The sample log by time, with bans and releases, and an attacker of an odd name."""
    with SAMPLE.open("rb") as file:
        lines = zstandard.ZstdDecompressor().stream_reader(file).read().splitlines()
    lines = [line.replace(RENAMED, json.dumps(ODD_NAME).encode()) for line in lines]
    accounts = sorted({account_of(line) for line in lines})[::_BANNED]
    told = [_lifecycle("model_release", "model", "lyra-large-5", "2026-06-02T10:00:00.500Z")]
    for at, account in enumerate(accounts):
        told.append(_lifecycle("ban", "account_id", account, f"2026-06-03T{at % 24:02}:30:00.250Z"))
        if at % 2:
            told.append(_lifecycle("unban", "account_id", account, f"2026-06-04T{at % 24:02}:30:00.250Z"))
    return sorted([*lines, *told], key=_time)


def unruly(lines: Sequence[bytes], partitions: int, chance: Random) -> Log:
    """`lines` with neighbours swapped, records sent twice and poison in between, over so many partitions.

    None comes more than seven places later than it should, so that all keep their ticks.
    """
    where = [sum(account_of(line).encode()) % partitions for line in lines]
    of = {part: [line for line, at in zip(lines, where, strict=True) if at == part] for part in set(where)}
    shuffled = {part: iter(_swapped(own, chance)) for part, own in of.items()}
    records: list[Record] = []
    for part in where:
        line = next(shuffled[part])
        key = account_of(line).encode()
        records.append(Record(part, key, line))
        if chance.random() < 0.02:
            # A producer that got no answer sends what it sent last again.
            records += chance.choice([records[-1:], records[-30:]])
        if chance.random() < 0.02:
            records.append(Record(chance.randrange(partitions), key, chance.choice(_POISON)))
    last = -(-max(map(_available, lines)) // TICK)
    return Log([*records, *closing(partitions)], last)


def closing(partitions: int) -> list[Record]:
    """Events of the present in every partition: ticks of the past close, and their own does not."""
    soon = time.time_ns() // 1_000_000 + 3_600_000
    return [
        Record(part, b"", json.dumps(_event(f"closing-{part}-{n}", soon, f"closing-{part}")).encode())
        for part in range(partitions)
        for n in range(WITNESSES)
    ]


def account_of(line: bytes) -> str:
    """Whose record it is; nobody's if it is not to be read."""
    try:
        return str(json.loads(line).get("account_id", ""))
    except ValueError:
        return ""


def _swapped(lines: Sequence[bytes], chance: Random) -> list[bytes]:
    places = [at + chance.uniform(0, WITNESSES - 1) for at in range(len(lines))]
    return [lines[at] for at in sorted(range(len(lines)), key=places.__getitem__)]


def _event(event_id: str, ms: int, account: str) -> dict[str, str]:
    when = datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds")
    return {"event_id": event_id, "time": when.replace("+00:00", "Z"), "account_id": account}


def _lifecycle(kind: str, field: str, subject: str, when: str) -> bytes:
    return json.dumps({"kind": kind, "time": when, field: subject}).encode()


def _time(line: bytes) -> str:
    try:
        return str(json.loads(line)["time"])
    except ValueError:
        return "2026-06-01T03:09:14.778Z"


def _available(line: bytes) -> int:
    try:
        event = json.loads(line)
    except ValueError:
        return 0
    return round(datetime.fromisoformat(event["time"]).timestamp() * 1000 + (event.get("latency_ms") or 0))
