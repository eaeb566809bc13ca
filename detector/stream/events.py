"""The records behind decoded events: rows keep hashes only, and few events are ever looked up."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from features.adapters.base import RecordError
from features.adapters.reasons import UNREADABLE
from features.contract import UsageEvent
from features.hashing import hash_strings

if TYPE_CHECKING:
    from features.adapters import Adapter
    from features.batch import Decoded
    from features.hashing import HashKey
    from streaming.source import Block


class BlockEvents:
    """The events of a block, as they were sent."""

    def __init__(self, block: Block, decoded: Decoded, adapter: Adapter, key: HashKey) -> None:
        """`key` is the one under which the block's identifiers were hashed."""
        self._block = block
        self._decoded = decoded
        self._adapter = adapter
        self._key = key

    def find(self, at: int) -> UsageEvent | None:
        """The event of a row; None where a format does not tell which record it was."""
        wanted = self._decoded.batch.rows["event"][at]
        # Events keep the order of their records, among which bans and releases may stand.
        for line in self._lines[at : at + len(self._decoded.lifecycle) + 1]:
            event = self._read(line)
            if event is not None and hash_strings([event.event_id], self._key)[0] == wanted:
                return event
        return None

    @cached_property
    def _lines(self) -> list[int]:
        bad = {one.line for one in self._decoded.rejected}
        return [line for line in range(len(self._block.records)) if line not in bad]

    def _read(self, line: int) -> UsageEvent | None:
        try:
            found = self._adapter.read(self._block.records[line])
        except (RecordError, *UNREADABLE):
            return None
        return found if isinstance(found, UsageEvent) else None
