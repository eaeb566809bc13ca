"""Request bodies: bounded while they are read, and again while they are decompressed."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from detector.hook.problems import Problem
from streaming.compressed import GZIP_MAGIC, ZSTD_MAGIC, ByteInput, chunks
from streaming.source import SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import Request

    from detector.hook.ingest.settings import IngestSettings

_MAGIC: Final[Mapping[str, bytes]] = {"gzip": GZIP_MAGIC, "x-gzip": GZIP_MAGIC, "zstd": ZSTD_MAGIC}
ENCODINGS: Final = ("gzip", "zstd")


class Flight:
    """Bytes of all bodies that are in memory. Used by the event loop alone."""

    def __init__(self, settings: IngestSettings) -> None:
        self._settings = settings
        self._bytes = 0

    async def read(self, request: Request) -> bytes:
        """The body, to be landed later; raises `Problem` (413, 503) once it is known to be too long."""
        if _announced(request) > self._settings.body_bytes:
            raise too_long(self._settings.body_bytes)
        pieces: list[bytes] = []
        size = 0
        try:
            async for piece in request.stream():
                size += len(piece)
                self._bytes += len(piece)
                self._check(size)
                pieces.append(piece)
        except BaseException:
            self.land(size)
            raise
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def land(self, size: int) -> None:
        """A body of `size` bytes was answered."""
        self._bytes -= size

    def _check(self, size: int) -> None:
        if size > self._settings.body_bytes:
            raise too_long(self._settings.body_bytes)
        if self._bytes > self._settings.flight_bytes:
            raise busy("too many requests are being read", self._settings.retry_seconds)


def _announced(request: Request) -> int:
    said = request.headers.get("content-length", "")
    return int(said) if said.isascii() and said.isdigit() else 0


def decompressed(body: bytes, encoding: str, limit: int) -> bytes:
    """The body without its content encoding (RFC 9110, 8.4); raises `Problem` (400, 413, 415).

    At most `limit` bytes and what one step of decompression gives are ever held.
    """
    encoding = encoding.strip().lower()
    if encoding in {"", "identity"}:
        for name, start in _MAGIC.items():
            if body.startswith(start):
                raise Problem(400, "encoding", "Body is compressed", f"say so by Content-Encoding: {name}")
        return body
    magic = _MAGIC.get(encoding)
    if magic is None:
        raise Problem(
            415, "encoding", "Encoding not known", f"Content-Encoding: use one of {', '.join(ENCODINGS)}",
            {"Accept-Encoding": ", ".join(ENCODINGS)},
        )  # fmt: skip
    if not body:
        return body
    if not body.startswith(magic):
        raise damaged(encoding)
    return _inflated(body, encoding, limit)


def _inflated(body: bytes, encoding: str, limit: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    try:
        for piece in chunks(ByteInput(io.BytesIO(body), "body")):
            size += len(piece)
            if size > limit:
                raise too_long(limit, "decompressed")
            pieces.append(piece)
    except SourceError:
        raise damaged(encoding) from None
    return b"".join(pieces)


def too_long(limit: int, what: str = "sent") -> Problem:
    """The body is over a limit."""
    detail = f"body: more than {limit} bytes as {what}; send smaller batches"
    return Problem(413, "too-large", "Body too large", detail)


def too_many(limit: int) -> Problem:
    """The body holds more events than a request may."""
    return Problem(
        413, "too-large", "Batch too large", f"body: more than {limit} events; send smaller batches"
    )


def damaged(encoding: str) -> Problem:
    """The body is not what its encoding says."""
    detail = f"body: is no whole {encoding} data, as Content-Encoding says; compress it again"
    return Problem(400, "encoding", "Body damaged", detail)


def unfit(why: str) -> Problem:
    """Never; to send it again as it is would be of no use."""
    return Problem(413, "too-large", "Event too large", why)


def busy(why: str, seconds: int) -> Problem:
    """Not now; nothing of the request is promised, and it may be sent again as it is."""
    detail = f"{why}; send the same events again after {seconds} s, their ids make that harmless"
    return Problem(503, "busy", "Not now", detail, {"Retry-After": str(seconds)})
