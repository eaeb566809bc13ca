"""Log files to batches: format per file, bad records to the dead letters, several files in order of time."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Final

from features.adapters import FormatError, detect_format, make_adapter
from streaming.dead_letters import dead_letters
from streaming.files import MAX_BLOCK_RECORDS, open_source
from streaming.merge import merge
from streaming.source import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from detector.intake import Counts
    from features.adapters import AccountField, Adapter
    from features.batch import EventBatch, Lifecycle
    from features.hashing import HashKey
    from features.text.edge import EdgeVersion
    from streaming.dead_letters import DeadLetters
    from streaming.source import Block

SAMPLE: Final = 1024
"""Records that tell a file's format; blocks are held back until there are as many, or the file ends."""
SAMPLE_BYTES: Final = 32 * 1024 * 1024
"""Or until they are this long."""


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
    block_records: int = MAX_BLOCK_RECORDS
    """most records decoded at a time; findings do not depend on it"""


class LogReader:
    """Reads the records of some files once. `errors` holds the sources that broke off, when it has ended."""

    def __init__(
        self,
        paths: Sequence[str],
        settings: ReadSettings,
        counts: Counts,
        letters: DeadLetters,
        progress: Callable[[Block], None],
    ) -> None:
        self.lifecycle: list[Lifecycle] = []
        self.errors: list[SourceError] = []
        self._refused: list[FormatError] = []
        self._settings = settings
        self._counts = counts
        self._letters = letters
        self._progress = progress
        self._sources = [open_source([path], max_records=settings.block_records) for path in paths]

    def batches(self) -> Iterator[EventBatch]:
        """Every event, in order of time over all files; raises `FormatError` where none has a known format.

        One such file among others is an error like that of a source that broke off.
        """
        streams = [self._stream(source.blocks()) for source in self._sources]
        yield from streams[0] if len(streams) == 1 else merge(streams)
        if self._refused and len(self._refused) == len(streams):
            raise self._refused[0]
        self.errors += [SourceError(str(error)) for error in self._refused]

    def _stream(self, blocks: Iterator[Block]) -> Iterator[EventBatch]:
        unbroken = self._until_broken(blocks)
        first = _sample(unbroken)
        if not first:
            return
        try:
            adapter = self._adapter(first)
        except FormatError as error:
            self._refused.append(error)
            return
        for block in chain(first, unbroken):
            yield self._decode(adapter, block)

    def _until_broken(self, blocks: Iterator[Block]) -> Iterator[Block]:
        try:
            yield from blocks
        except SourceError as error:
            self.errors.append(error)

    def _adapter(self, first: Sequence[Block]) -> Adapter:
        settings = self._settings
        name = settings.format
        if name is None:
            sample = [record for block in first for record in block.records][:SAMPLE]
            try:
                name = detect_format(sample)
            except FormatError as error:
                raise FormatError(f"{first[0].origin}: {error}") from None
        return make_adapter(name, settings.key, account_from=settings.account_from, edge=settings.edge)

    def _decode(self, adapter: Adapter, block: Block) -> EventBatch:
        decoded = adapter.decode(block.records, self._settings.latest)
        self._letters.write(dead_letters(block, decoded.rejected))
        self._counts.add(decoded)
        self.lifecycle.extend(decoded.lifecycle)
        self._progress(block)
        return decoded.batch


def _sample(blocks: Iterator[Block]) -> list[Block]:
    """The first blocks, enough of them to tell a format whatever their size."""
    taken: list[Block] = []
    records, size = 0, 0
    for block in blocks:
        taken.append(block)
        records += len(block.records)
        size += sum(map(len, block.records))
        if records >= SAMPLE or size >= SAMPLE_BYTES:
            break
    return taken
