"""Copies of logs with something changed in every record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
import zstandard

from features.adapters.reasons import UNREADABLE
from streaming.files import open_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    Change = Callable[[Sequence[bytes]], Iterable[bytes]]
    """Makes the records of a block into others."""

_LEVEL: Final = 1


def rewrite(paths: Sequence[str], folder: Path, change: Change) -> list[str]:
    """Write a changed copy of each log into `folder`, and say where; raises `SourceError` as reading does."""
    folder.mkdir(parents=True, exist_ok=True)
    return [
        _rewrite(path, folder / f"events-{number:03}.jsonl.zst", change) for number, path in enumerate(paths)
    ]


def _rewrite(path: str, target: Path, change: Change) -> str:
    with zstandard.open(target, "wb", cctx=zstandard.ZstdCompressor(_LEVEL)) as file:
        for block in open_source([path]).blocks():
            file.write(b"".join(record + b"\n" for record in change(block.records)))
    return str(target)


def without(fields: Iterable[str]) -> Change:
    """Drops top-level fields; what is no JSON object stays as it is, for the reader to reject."""
    dropped = frozenset(fields)
    decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])
    encode = msgspec.json.Encoder().encode

    def change(records: Sequence[bytes]) -> Iterable[bytes]:
        for record in records:
            try:
                values = decoder.decode(record)
            except UNREADABLE:
                yield record
                continue
            yield encode({name: value for name, value in values.items() if name not in dropped})

    return change
