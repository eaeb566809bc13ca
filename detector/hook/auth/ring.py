"""The keys that are live now, and who called with one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from detector.hook.auth.buckets import Bucket
from detector.hook.auth.keys import ApiKey, Scope, lasts, matches, read_key
from detector.hook.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detector.stream.clock import Clock

HEADERS: Final = ("x-stillwatch-key", "x-api-key", "authorization")
"""Where a key may stand, the first that is there counts; `Authorization: Bearer` at last, since a gateway
may hand on its client's."""
REMEMBERED: Final = 1024
"""keys as sent whose digest need not be computed again"""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: a key, or everybody where no key is asked for."""

    key_id: str
    name: str


ANYBODY: Final = Caller("", "anybody")


class KeyRing:
    """Keys by id. Without `required`, everybody may do everything (a service that only its host reaches)."""

    def __init__(self, clock: Clock, *, required: bool = True, rate: float = 10_000.0) -> None:
        """`rate` is for keys without one of their own, requests per second."""
        self.required = required
        self._clock = clock
        self._rate = rate
        self._keys: dict[str, ApiKey] = {}
        self._buckets: dict[str, Bucket] = {}
        self._known: dict[str, tuple[str, bytes]] = {}

    def put(self, key: ApiKey) -> None:
        """A key is live from now on."""
        self._keys[key.key_id] = key
        self._buckets[key.key_id] = Bucket(key.rate or self._rate, self._clock.monotonic)

    def remove(self, key_id: str) -> None:
        """A key is revoked."""
        self._keys.pop(key_id, None)
        self._buckets.pop(key_id, None)

    def admit(self, headers: Mapping[str, str], scope: Scope, cost: float = 1.0) -> Caller:
        """Who calls. Raises `Problem`: 401 without a valid key, 403 without the scope, 429 if too often."""
        if not self.required:
            return ANYBODY
        key = self._valid(_sent(headers))
        if key is None:
            raise Problem(
                401, "no-key", "No valid key", "send a live API key as `X-Stillwatch-Key: swk_...`",
                {"WWW-Authenticate": 'Bearer realm="stillwatch"'},
            )  # fmt: skip
        if scope not in key.scopes:
            raise Problem(403, "scope", "Not allowed", f"key {key.key_id} lacks scope {scope}; use another")
        wait = self._buckets[key.key_id].take(cost)
        if wait > 0:
            seconds = str(math.ceil(wait))
            raise Problem(
                429, "rate", "Too many requests", f"key {key.key_id}: wait {seconds} s, or raise its rate",
                {"Retry-After": seconds},
            )  # fmt: skip
        return Caller(key.key_id, key.name)

    def live(self, caller: Caller) -> bool:
        """Whether who was admitted still would be, for what goes on after its first answer."""
        if not self.required:
            return True
        key = self._keys.get(caller.key_id)
        return key is not None and lasts(key, self._clock.now())

    def _valid(self, text: str) -> ApiKey | None:
        sent = self._known.get(text) or self._read(text)
        key = None if sent is None else self._keys.get(sent[0])
        if key is None or sent is None or not matches(key, sent[1], self._clock.now()):
            return None
        self._known[text] = sent
        return key

    def _read(self, text: str) -> tuple[str, bytes] | None:
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        return read_key(text)


def _sent(headers: Mapping[str, str]) -> str:
    for name in HEADERS:
        value = headers.get(name)
        if value:
            return value[7:] if value[:7].lower() == "bearer " else value
    return ""
