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


class Unread(SourceError):  # noqa: N818 - says what is the matter
    """A file of no known format among others."""


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
    """Reads the records of some files once.

    When it has ended, `errors` holds the sources that broke off and the files of no known format (`Unread`):
    whoever needs all of the logs or nothing calls `need_whole`.
    """

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
        self._refused: list[str] = []
        self._is_any = False
        self._settings = settings
        self._counts = counts
        self._letters = letters
        self._progress = progress
        self._sources = [open_source([path], max_records=settings.block_records) for path in paths]

    def batches(self) -> Iterator[EventBatch]:
        """Every event, in order of time over all files; raises as `unread`."""
        streams = [self._stream(source.blocks()) for source in self._sources]
        yield from streams[0] if len(streams) == 1 else merge(streams)
        self.errors += unread(self._refused, is_any=self._is_any)

    def _stream(self, blocks: Iterator[Block]) -> Iterator[EventBatch]:
        unbroken = self._until_broken(blocks)
        first = _sample(unbroken)
        if not first:
            return
        try:
            adapter = self._adapter(first)
        except FormatError as error:
            self._refused.append(str(error))
            return
        self._is_any = True
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


def unread(refused: Sequence[str], *, is_any: bool) -> list[SourceError]:
    """What to say of files of no known format; raises `FormatError` where no other file had any record."""
    if refused and not is_any:
        raise FormatError(refused[0])
    return [Unread(said) for said in refused]


def need_whole(errors: Sequence[SourceError]) -> None:
    """Raise the first of the errors of a reader that has ended."""
    if errors:
        raise errors[0]


def in_part(error: SourceError, where: str) -> str:
    """An error and what it left of a file; `where` is what was made of the rest."""
    what = "nothing of it" if isinstance(error, Unread) else "what was read before"
    return f"{error}; {what} is in {where}"


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
