"""Server-sent events (WHATWG HTML, 9.2.6) from bytes as they arrive."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_BYTES: Final = 8 << 20
"""longest event that is read"""

_LINE_END: Final = re.compile(rb"\r\n|\n|\r")


class FeedError(Exception):
    """The feed cannot be read; it has to be opened anew."""


@dataclass(frozen=True, slots=True)
class Message:
    """One event."""

    event: str
    data: str
    id: str | None


class SseParser:
    """Cuts a stream of bytes into events; comments, which are heartbeats, yield nothing."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._rest = b""
        self._fields: dict[str, list[str]] = {}
        self._size = 0

    def feed(self, data: bytes) -> Iterator[Message]:
        """The events that these bytes complete; raises `FeedError` where one is too long or no UTF-8."""
        *lines, self._rest = self._cut(self._rest + data)
        if self._size + len(self._rest) > self._most:
            raise FeedError(f"an event of the feed is longer than {self._most} bytes")
        for line in lines:
            if line:
                self._read(line)
            elif (message := self._take()) is not None:
                yield message

    def _cut(self, data: bytes) -> list[bytes]:
        # A carriage return at the end may be the first half of a line end.
        if data.endswith(b"\r"):
            lines = _LINE_END.split(data[:-1])
            return [*lines[:-1], lines[-1] + b"\r"]
        return _LINE_END.split(data)

    def _read(self, line: bytes) -> None:
        self._size += len(line)
        try:
            name, _, value = line.decode().partition(":")
        except UnicodeDecodeError as error:
            raise FeedError("the feed is not UTF-8") from error
        if name in {"event", "data", "id"}:
            self._fields.setdefault(name, []).append(value.removeprefix(" "))

    def _take(self) -> Message | None:
        fields, self._fields, self._size = self._fields, {}, 0
        if "data" not in fields:
            return None
        event = fields.get("event", ["message"])[-1]
        return Message(event, "\n".join(fields["data"]), fields.get("id", [None])[-1])
