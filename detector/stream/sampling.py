"""Keeps a few requests of alerted accounts, where the operator chose so.

Facts are stored in the clear and text is sealed; at the privacy levels that send none, there are facts only.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

import numpy as np

from detector.dossier.facts import request_facts
from detector.dossier.sealing import NONCE
from detector.store.errors import StoreUnavailable
from detector.store.kept_records import SampleRecord
from detector.stream.events import BlockEvents
from features.text.parts import ASSISTANT, RESPONSE, SYSTEM, TOOL, USER

if TYPE_CHECKING:
    from collections.abc import Callable

    from detector.dossier.sealing import SampleKey
    from detector.store.interface import Store
    from detector.stream.clock import Clock
    from detector.stream.partition import Decoding
    from features.batch import Decoded
    from features.text.parts import TextParts
    from streaming.source import Block

MOST: Final = 20
"""Requests that may be kept of an account."""
ASK_SECONDS: Final = 10.0
"""How often the store is asked who is alerted."""
LENGTH: Final = 32_768
"""Bytes of text that are kept of a request; what is longer is cut."""
_PAGE: Final = 10_000
_ROLES: Final = {SYSTEM: "system", USER: "user", ASSISTANT: "assistant", TOOL: "tool", RESPONSE: "answer"}


class Sampler:
    """At most one request of an account and block, until there are enough."""

    def __init__(
        self,
        store: Store,
        key: SampleKey,
        decoding: Decoding,
        clock: Clock,
        random: Callable[[int], bytes],
        most: int,
    ) -> None:
        """`random` gives so many unpredictable bytes; `most` requests of an account, at most MOST."""
        self._store = store
        self._key = key
        self._decoding = decoding
        self._clock = clock
        self._random = random
        self._most = min(most, MOST)
        self._version = 0
        self._asked = float("-inf")
        self._wanted: dict[str, int] = {}
        self._kept: list[SampleRecord] = []

    def see(self, block: Block, decoded: Decoded) -> None:
        """As `detector.stream.observing.Observer.see`."""
        batch = decoded.batch
        chosen = [at for at, name in enumerate(batch.accounts) if self._wanted.get(name, 0) > 0]
        if not chosen:
            return
        events = BlockEvents(block, decoded, self._decoding.adapter, self._decoding.kernel.key)
        accounts, first = np.unique(batch.rows["account"], return_index=True)
        for at in first[np.isin(accounts, chosen)].tolist():
            name = batch.accounts[int(batch.rows["account"][at])]
            self._wanted[name] -= 1
            self._kept.append(self._sample(name, decoded, at, events))

    def store(self) -> None:
        """As `detector.stream.observing.Observer.store`; asks who is alerted, where that is due."""
        with suppress(StoreUnavailable):
            if self._kept:
                self._store.keep_samples(self._kept, self._clock.now())
            self._kept = []
            if self._clock.monotonic() - self._asked >= ASK_SECONDS:
                self._ask()
                self._asked = self._clock.monotonic()

    def _ask(self) -> None:
        """Follow the verdicts: whoever's alert is cleared is left alone."""
        while found := self._store.verdicts(self._version, _PAGE):
            opened = {one.verdict.account_id for one in found if one.verdict.status == "open"}
            for one in found:
                if one.verdict.status != "open":
                    self._wanted.pop(one.verdict.account_id, None)
            new = opened - self._wanted.keys()
            counts = self._store.sample_counts(new)
            self._wanted |= {name: self._most - counts.get(name, 0) for name in new}
            self._version = found[-1].version

    def _sample(self, name: str, decoded: Decoded, at: int, events: BlockEvents) -> SampleRecord:
        row = decoded.batch.rows[at]
        event_id = f"{int(row['event']):016x}"
        text, length = _text(decoded.batch.parts, at)
        facts = request_facts(row, events.find(at), length)
        sealed = self._key.seal(text, name, event_id, self._random(NONCE)) if text else None
        return SampleRecord(name, event_id, int(row["time"]), facts, sealed)


def _text(parts: TextParts, at: int) -> tuple[str, int]:
    """What was said in a request, by whom, as far as it is kept; and how many bytes it was."""
    said: list[str] = []
    places = range(int(parts.first[at]), int(parts.first[at + 1]))
    for part in places:
        body = parts.data[int(parts.offsets[part]) : int(parts.offsets[part + 1])].tobytes()
        if body:
            said.append(f"[{_ROLES.get(int(parts.roles[part]), 'other')}]\n{body.decode(errors='replace')}")
    length = sum(int(parts.offsets[part + 1] - parts.offsets[part]) for part in places)
    return _cut("\n\n".join(said)), length


def _cut(text: str) -> str:
    body = text.encode()
    return text if len(body) <= LENGTH else body[:LENGTH].decode(errors="ignore") + "\n[cut]"
