"""What routers are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from detector.hook.auth.ring import KeyRing
    from detector.hook.decide import Decider
    from detector.hook.feed import Feed
    from detector.hook.followers import Followers
    from detector.hook.hearing import Hearing
    from detector.hook.telemetry import HookTelemetry
    from detector.hook.tokens.desk import TokenDesk
    from detector.hook.verdicts.subjects import Subjects
    from detector.store.interface import Store
    from detector.stream.clock import Clock
    from detector.telemetry.logs import Log

FailMode = Literal["open", "closed"]


@dataclass(frozen=True, slots=True)
class HookSettings:
    """Limits and rules of the service."""

    fail: FailMode = "open"
    """what a gateway is told when we cannot decide"""
    body_bytes: int = 1 << 20
    """longest request that is read, but for ingest, which has a limit of its own"""
    poll_seconds: float = 0.2
    """time between two looks at the store"""
    subjects: int = 1_000_000
    """API keys and end users whose account is remembered"""
    challenge: str = 'Bearer realm="api", error="insufficient_user_authentication"'
    """`WWW-Authenticate` of a challenge; the default asks to step up (RFC 9470)"""


@dataclass(frozen=True, slots=True)
class Parts:
    """Shared by all routers. All of it belongs to the event loop, but any thread may use the store."""

    decider: Decider
    feed: Feed
    keys: KeyRing
    subjects: Subjects
    followers: Followers
    store: Store
    telemetry: HookTelemetry
    clock: Clock
    log: Log
    settings: HookSettings
    tokens: TokenDesk | None = None
    """None: challenges are not answered by tokens"""
    hearing: Hearing | None = None
    """None: verdicts come from the store alone"""
