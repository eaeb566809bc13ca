"""Writes the bundled sample log: `python -m tools.sample`. The same seed gives the same bytes."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Final

import zstandard

from tools.sample import honest, hostile
from tools.sample.log import MODEL, Account, Event, stamp

FOLDER: Final = Path("detector/sample")
LATE: Final = "2026-06-03T12"
"""When an event of long before turns up."""
SEED: Final = 20260601


def accounts(rng: Random) -> list[Account]:
    """Everybody in the log."""
    crowd = [
        (honest.chat, 22), (honest.coder, 8), (honest.translator, 4), (honest.desk, 3), (honest.sorter, 3),
        (honest.harness, 2), (honest.digest, 2),
    ]  # fmt: skip
    made = [make(rng) for make, count in crowd for _ in range(count)]
    made += honest.students(rng, 16)
    hidden = [*hostile.campaign(rng, 8), *hostile.probers(rng, 3), *hostile.relays(rng, 5)]
    return [*made, *hidden, honest.namer(rng)]


def records(everybody: list[Account]) -> list[Event]:
    """All events in order of time, numbered, with a ban and a release between them."""
    found = sorted((event for one in everybody for event in one.events), key=lambda event: event["time"])
    numbered = [{"event_id": f"evt-{number:06d}", **event} for number, event in enumerate(found)]
    banned = next(one for one in everybody if one.role == "distillation campaign")
    numbered += [
        {"kind": "ban", "time": stamp(hostile.BANNED_AT), "account_id": banned.name},
        {"kind": "model_release", "time": stamp(86_400), "model": MODEL},
    ]
    return sorted(numbered, key=lambda record: record["time"])


def lines(found: list[Event]) -> list[str]:
    """One JSON object a line, with a few that are none, one event sent twice, and one far too late."""
    out = [json.dumps(record, separators=(",", ":")) for record in found]
    out[120] = out[120][: len(out[120]) // 2]
    out.insert(700, json.dumps({**found[699], "event_id": None}))
    out.insert(1500, json.dumps({**found[1400], "event_id": "evt-bad-01", "output_tokens": "many"}))
    out.insert(1600, out[1590])
    late = next(at for at in range(900, len(found)) if found[at]["time"] > LATE)
    out.insert(late, json.dumps({**found[900], "event_id": "evt-late-01"}))
    return out


def render() -> tuple[str, dict[str, str]]:
    """The log, one record a line, and what each account was made as."""
    everybody = accounts(Random(SEED))  # noqa: S311 - invented traffic, no secret
    text = "\n".join(lines(records(everybody))) + "\n"
    return text, {one.name: one.role for one in everybody}


def main() -> None:
    """Write both."""
    text, roles = render()
    packed = zstandard.ZstdCompressor(level=19).compress(text.encode())
    (FOLDER / "events.jsonl.zst").write_bytes(packed)
    (FOLDER / "roles.json").write_text(json.dumps(roles, indent=1) + "\n", encoding="utf-8")
    print(f"{text.count(chr(10)):,} records, {len(packed):,} bytes, {len(roles)} accounts")


if __name__ == "__main__":
    main()
