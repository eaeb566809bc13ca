"""What must never alert: unusual circumstances without evidence, alone or together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING

import pytest

from tests.support.logs import CHAT, START, WORDS, Event, seeded, stamp

if TYPE_CHECKING:
    from random import Random

    from tests.support.replays import Replayer

DAY = timedelta(days=1)
REQUESTS = 150
OFTEN = 0.1
"""Share of requests in a wording that everybody uses."""


@dataclass(frozen=True, slots=True)
class Circumstance:
    """What is unusual about an account's context."""

    round_the_clock: bool
    human_token: str | None
    steep_ramp: bool
    many_addresses: bool

    @property
    def name(self) -> str:
        """An account id that says it."""
        return f"{self.round_the_clock:d}{self.human_token}{self.steep_ramp:d}{self.many_addresses:d}"


CIRCUMSTANCES = [
    Circumstance(*values)
    for values in product((False, True), ("valid", "none", "invalid", None), (False, True), (False, True))
]


@pytest.mark.parametrize("text", [True, False], ids=["ordinary texts", "no texts"])
def test_circumstances_never_alert_without_evidence(replay: Replayer, *, text: bool) -> None:
    """Night use, no human token, a steep ramp and many addresses raise no alert, alone or together."""
    rng = seeded(7)
    events = [event for case in CIRCUMSTANCES for event in _traffic(rng, case, text=text)]
    found = replay(sorted(events, key=lambda event: str(event["time"])))
    assert len(found.accounts) == len(CIRCUMSTANCES)
    assert not found.alerts


def _traffic(rng: Random, case: Circumstance, *, text: bool) -> list[Event]:
    """Two days of one account; a ramp makes most requests in the last hours of them."""
    return [
        {
            "event_id": f"{case.name}-{i}",
            "time": stamp(START + _offset(rng, case)),
            "account_id": case.name,
            "status": 200,
            "finish_reason": "stop",
            "latency_ms": 900,
            "input_tokens": rng.randint(5, 60),
            "output_tokens": rng.randint(10, 400),
            "temperature": 0.7,
            "max_tokens": 1024,
            "client_ip": f"203.{rng.randint(0, 200)}.{rng.randint(0, 200)}.9"
            if case.many_addresses
            else "203.0.113.9",
            "client_asn": rng.randint(1, 60_000) if case.many_addresses else 64_500,
            "account_created": stamp(START - (DAY / 24 if case.steep_ramp else 300 * DAY)),
            "human_token": case.human_token,
            "messages": [{"role": "user", "content": _question(rng)}] if text else None,
        }
        for i in range(REQUESTS)
    ]


def _offset(rng: Random, case: Circumstance) -> timedelta:
    at = rng.random() ** 0.2 if case.steep_ramp else rng.random()
    whole = timedelta(days=1.9) * at
    if case.round_the_clock:
        return whole
    # eight working hours of each day
    return timedelta(days=whole // DAY) + (whole % DAY) / 3


def _question(rng: Random) -> str:
    """Mostly in words of its own: thirty accounts that share six wordings and vary an item are a campaign."""
    said = " ".join(rng.choices(WORDS, k=rng.randint(3, 30)))
    return rng.choice(CHAT).format(said) if rng.random() < OFTEN else f"{said}?"
