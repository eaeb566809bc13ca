"""Records that could not become events: where each was, why it failed, and its bytes if they may be kept."""

from __future__ import annotations

import base64
import os
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, Self

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from types import TracebackType

    from features.batch import Rejected
    from streaming.source import Block


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One rejected record."""

    origin: str
    """as `Block.origin`"""
    position: int
    """as in `Block.positions`"""
    reason: str
    """one of `features.adapters.REASONS`, or the reason of a later step"""
    detail: str
    """names the field, what was wrong and the remedy; never quotes content"""
    payload: bytes | None = None


def dead_letters(block: Block, rejected: Iterable[Rejected]) -> list[DeadLetter]:
    """The dead letters of a block, from what its adapter rejected."""
    return [
        DeadLetter(block.origin, block.positions[r.line], r.reason, r.detail, block.records[r.line])
        for r in rejected
    ]


def letter_fields(letter: DeadLetter, *, keep_payload: bool) -> dict[str, Any]:
    """A letter as JSON has it; a payload that is no UTF-8 is `payload_base64`, and `payload` null."""
    kept = letter.payload if keep_payload else None
    fields: dict[str, Any] = {
        "origin": letter.origin,
        "position": letter.position,
        "reason": letter.reason,
        "detail": letter.detail,
    }
    try:
        return fields | {"payload": None if kept is None else kept.decode()}
    except UnicodeDecodeError as error:
        return fields | {"payload": None, "payload_base64": base64.b64encode(error.object).decode()}


def parse_letter(line: bytes) -> DeadLetter:
    """The letter of a line of a file or of a record of a topic, bytes and all; ValueError if it is none."""
    try:
        wire = msgspec.json.decode(line, type=_Wire)
        encoded = wire.payload_base64
        payload = None if wire.payload is None else wire.payload.encode()
        raw = payload if encoded is None else base64.b64decode(encoded, validate=True)
    except (msgspec.MsgspecError, ValueError) as error:
        raise ValueError(f"not a dead letter: {error}") from error
    return DeadLetter(wire.origin, wire.position, wire.reason, wire.detail, raw)


class _Wire(msgspec.Struct):
    origin: str
    position: int
    reason: str
    detail: str
    payload: str | None = None
    payload_base64: str | None = None


class DeadLetters(Protocol):
    """Where dead letters go."""

    def write(self, letters: Iterable[DeadLetter]) -> None:
        """Take some; none may be lost from the counts."""
        ...


class DeadLetterCounts:
    """Only counts dead letters, for work that leaves no other trace."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    @property
    def counts(self) -> dict[str, int]:
        """Letters so far by reason, most frequent first."""
        return dict(self._counts.most_common())

    def write(self, letters: Iterable[DeadLetter]) -> None:
        """Count `letters`."""
        self._counts.update(letter.reason for letter in letters)


class DeadLetterFile:
    """Writes dead letters as JSON lines and counts every one by reason.

    The file appears with the first letter and replaces an older one; only its owner may read it. Beyond
    `limit` letters it only counts, so that a log of the wrong kind does not fill the disk. Payloads are
    dropped unless `keep_payload`.
    """

    def __init__(self, path: Path, *, keep_payload: bool, limit: int) -> None:
        self._path = path
        self._keep_payload = keep_payload
        self._limit = limit
        self._file: BinaryIO | None = None
        self._all = DeadLetterCounts()
        self._written = 0

    @property
    def counts(self) -> dict[str, int]:
        """Letters so far by reason, most frequent first."""
        return self._all.counts

    def write(self, letters: Iterable[DeadLetter]) -> None:
        """Count `letters`, and write those within the limit."""
        for letter in letters:
            self._all.write([letter])
            if self._written < self._limit:
                self._opened().write(self._line(letter))
                self._written += 1

    def close(self) -> None:
        """Finish the file, if there is one."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _opened(self) -> BinaryIO:
        if self._file is None:
            self._file = _open_private(self._path)
        return self._file

    def _line(self, letter: DeadLetter) -> bytes:
        return msgspec.json.encode(letter_fields(letter, keep_payload=self._keep_payload)) + b"\n"


def _open_private(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode=0o600), "wb")
