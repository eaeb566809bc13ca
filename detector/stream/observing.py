"""Who looks at blocks of records beside a worker, for people and for the hook: nothing is scored by it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from detector.store.errors import StoreUnavailable
from detector.stream.events import BlockEvents

if TYPE_CHECKING:
    from detector.store.kept_records import KeptStore
    from detector.stream.partition import Decoding
    from features.batch import Decoded
    from streaming.source import Block

KNOWN: Final = 200_000
"""Accounts whose organisation a worker remembers; of more it begins anew."""
WAITING: Final = 10_000
"""Accounts whose organisation waits for the store; more of them are told with a later request of theirs."""


class Observer(Protocol):
    """Used by the worker's thread; what it cannot store now, it stores later or leaves."""

    def see(self, block: Block, decoded: Decoded) -> None:
        """A block was decoded."""
        ...

    def store(self) -> None:
        """The worker has committed: a good time to store what was seen. Raises no `StoreUnavailable`."""
        ...


class Belonging:
    """Says which organisation an account is of, once it is new or has changed."""

    def __init__(self, store: KeptStore, decoding: Decoding) -> None:
        self._store = store
        self._decoding = decoding
        self._known: dict[str, int] = {}
        self._waiting: dict[str, str] = {}

    def see(self, block: Block, decoded: Decoded) -> None:
        """As `Observer.see`: each account's first event of the block counts."""
        batch = decoded.batch
        told = np.flatnonzero(batch.rows["org"])
        accounts, first = np.unique(batch.rows["account"][told], return_index=True)
        orgs = batch.rows["org"][told[first]]
        events = BlockEvents(block, decoded, self._decoding.adapter, self._decoding.kernel.key)
        for account, at, org in zip(accounts.tolist(), told[first].tolist(), orgs.tolist(), strict=True):
            name = batch.accounts[account]
            if self._known.get(name) != org and len(self._waiting) < WAITING:
                self._learn(name, org, events, at)

    def store(self) -> None:
        """As `Observer.store`."""
        if not self._waiting:
            return
        with suppress(StoreUnavailable):
            self._store.keep_organisations(self._waiting)
            self._waiting = {}

    def _learn(self, name: str, org: int, events: BlockEvents, at: int) -> None:
        if len(self._known) >= KNOWN:
            self._known = {}
        self._known[name] = org
        event = events.find(at)
        if event is not None and event.org_id:
            self._waiting[name] = event.org_id
