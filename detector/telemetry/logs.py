"""Structured logs: one JSON object a line, free of content by what they accept.

The standard library's logging carries them, because the Kafka client and the database driver log by it.
Of what those say only the template is kept, with its numbers: their arguments may be anything.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TextIO

import msgspec

from detector.telemetry.fields import Failure, Field, Name, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

LEVELS: Final = ("debug", "info", "warning", "error")

_LOGGER: Final = "stillwatch"
_FIELDS: Final = "stillwatch_fields"


class Log:
    """Says what happened: an event's name, which is ours, and fields of kinds that hold no content."""

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger

    def debug(self, event: str, /, **fields: Field) -> None:
        """For whoever looks for a fault."""
        self._say(logging.DEBUG, event, fields)

    def info(self, event: str, /, **fields: Field) -> None:
        """The usual course: started, assigned, leading, stopped."""
        self._say(logging.INFO, event, fields)

    def warning(self, event: str, /, **fields: Field) -> None:
        """Something went wrong and is being mended."""
        self._say(logging.WARNING, event, fields)

    def error(self, event: str, /, **fields: Field) -> None:
        """Somebody has to do something."""
        self._say(logging.ERROR, event, fields)

    def _say(self, level: int, event: str, fields: dict[str, Field]) -> None:
        if self._logger.isEnabledFor(level):
            self._logger.log(level, event, extra={_FIELDS: fields})


@contextmanager
def open_logs(stream: TextIO, level: str = "info") -> Iterator[Log]:
    """Send this process's logs to `stream` until the end of the block.

    Ours from `level` on, one of `LEVELS`; those of libraries from warnings on.
    """
    root, ours = logging.getLogger(), logging.getLogger(_LOGGER)
    handler = _Handler(stream)
    handler.setFormatter(_Lines())
    before = root.level, ours.level
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    ours.setLevel(level.upper())
    try:
        yield Log(ours)
    finally:
        root.removeHandler(handler)
        root.setLevel(before[0])
        ours.setLevel(before[1])


class _Handler(logging.StreamHandler[TextIO]):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Drop the line: the standard library would print the record's arguments instead."""


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """One JSON object, without a line break."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"time": time.replace("+00:00", "Z"), "level": record.levelname.lower()}
        fields = getattr(record, _FIELDS, None)
        if isinstance(fields, dict):
            line["event"] = Name(str(record.msg)).shown()
            # After our own keys, so that no field can pass for one.
            line |= {name: plain(value) for name, value in fields.items() if name not in line}
        else:
            line |= {"event": "library", "logger": record.name, "said": _template(record)}
            if record.exc_info and record.exc_info[1] is not None:
                line["error"] = Failure(record.exc_info[1]).shown()
        return msgspec.json.encode(line).decode()


def _template(record: logging.LogRecord) -> str:
    """What a library said, with its numbers, and the types of all else that it wanted to say."""
    if not isinstance(record.msg, str) or not isinstance(record.args, tuple) or not record.args:
        return str(record.msg) if isinstance(record.msg, str) else type(record.msg).__name__
    kept = tuple(arg if isinstance(arg, int | float) else f"<{type(arg).__name__}>" for arg in record.args)
    try:
        return record.msg % kept
    except (TypeError, ValueError):
        return record.msg
