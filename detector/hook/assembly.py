"""The parts of the service, put together."""

from __future__ import annotations

from secrets import token_hex
from typing import TYPE_CHECKING

from detector.hook.applying import Applier
from detector.hook.auth.ring import KeyRing
from detector.hook.decide import Decider
from detector.hook.feed import Feed
from detector.hook.followers import Followers
from detector.hook.hearing import Hearing
from detector.hook.parts import Parts
from detector.hook.policy.reading import default_text, read_policy
from detector.hook.telemetry import HookTelemetry
from detector.hook.verdicts.subjects import Subjects
from detector.hook.verdicts.table import VerdictTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from detector.hook.hearing import Tail
    from detector.hook.parts import HookSettings
    from detector.hook.tokens.desk import TokenDesk
    from detector.store.interface import Store
    from detector.stream.clock import Clock
    from detector.telemetry.logs import Log
    from detector.telemetry.metrics.instruments import Instruments


def make_parts(
    store: Store,
    settings: HookSettings,
    instruments: Instruments,
    clock: Clock,
    log: Log,
    *,
    keys_required: bool = True,
    rate: float = 10_000.0,
    tokens: TokenDesk | None = None,
    verdicts: Callable[[], Tail] | None = None,
) -> Parts:
    """Everything of one process, nothing loaded yet; `rate` in requests per second, for keys without one.

    Without `tokens`, no token answers a challenge; `verdicts` connects to their topic, if there is one.
    """
    table, subjects, followers = VerdictTable(), Subjects(settings.subjects), Followers()
    decider = Decider(table, subjects, read_policy(default_text()), clock.now, token_hex(6))
    keys = KeyRing(clock, required=keys_required, rate=rate)
    telemetry = HookTelemetry(instruments)
    applier = Applier(decider, keys, followers, log)
    feed = Feed(store, decider, subjects, applier, telemetry, clock, log)
    hearing = None if verdicts is None else Hearing(verdicts, applier, telemetry, log)
    return Parts(
        decider, feed, keys, subjects, followers, store, telemetry, clock, log, settings, tokens, hearing
    )  # fmt: skip
