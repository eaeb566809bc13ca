"""Log files to batches: format per file, bad records to the dead letters, several files in order of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from features.adapters import detect_format, make_adapter
from streaming.dead_letters import dead_letters
from streaming.files import open_source
from streaming.merge import merge
from streaming.source import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from detector.ticks import Counts
    from features.adapters import AccountField, Adapter
    from features.batch import EventBatch, Lifecycle
    from features.hashing import HashKey
    from features.text.edge import EdgeVersion
    from streaming.dead_letters import DeadLetterFile
    from streaming.source import Block


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """How logs are read."""

    key: HashKey
    latest: datetime
    """an event that starts later is from the future and is rejected"""
    account_from: tuple[AccountField, ...]
    edge: EdgeVersion
    """what sketches made at the edge must have been made with"""
    format: str | None = None
    """None: told by each file's first records"""


class LogReader:
    """Reads the records of some files once. `errors` holds the sources that broke off, when it has ended."""

    def __init__(
        self,
        paths: Sequence[str],
        settings: ReadSettings,
        counts: Counts,
        letters: DeadLetterFile,
        progress: Callable[[Block], None],
    ) -> None:
        self.lifecycle: list[Lifecycle] = []
        self.errors: list[SourceError] = []
        self._settings = settings
        self._counts = counts
        self._letters = letters
        self._progress = progress
        self._sources = [open_source([path]) for path in paths]

    def batches(self) -> Iterator[EventBatch]:
        """Every event, in order of time over all files; raises `FormatError` for one of no known format."""
        streams = [self._stream(source.blocks()) for source in self._sources]
        return streams[0] if len(streams) == 1 else merge(streams)

    def _stream(self, blocks: Iterator[Block]) -> Iterator[EventBatch]:
        adapter: Adapter | None = None
        try:
            for block in blocks:
                if adapter is None:
                    name = self._settings.format or detect_format(block.records)
                    adapter = make_adapter(name, self._settings.key, account_from=self._settings.account_from)
                yield self._decode(adapter, block)
        except SourceError as error:
            self.errors.append(error)

    def _decode(self, adapter: Adapter, block: Block) -> EventBatch:
        decoded = adapter.decode(block.records, self._settings.latest)
        self._letters.write(dead_letters(block, decoded.rejected))
        self._counts.add(decoded)
        self.lifecycle.extend(decoded.lifecycle)
        self._progress(block)
        return decoded.batch
