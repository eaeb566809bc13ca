"""Structured logs: one JSON object a line, free of content by what it lets through.

What runs a stream has a `Log` and says events with fields. Layers below log by the standard library, as the
Kafka client does: of ours the arguments are shown as far as they are fields, of libraries only the template
and its numbers.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TextIO

import msgspec

from detector.telemetry.fields import OUR_PACKAGES, Failure, Field, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

LEVELS: Final = ("debug", "info", "warning", "error")

_LOGGER: Final = "detector"
_FIELDS: Final = "stillwatch_fields"


class Log:
    """Says what happened: an event, which is a constant of ours, and fields of kinds that hold no content."""

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger

    def debug(self, event: str, /, **fields: Field) -> None:
        """For whoever looks for a fault."""
        self._logger.debug(event, extra={_FIELDS: fields})

    def info(self, event: str, /, **fields: Field) -> None:
        """The usual course: started, assigned, leading, stopped."""
        self._logger.info(event, extra={_FIELDS: fields})

    def warning(self, event: str, /, **fields: Field) -> None:
        """Something went wrong and is being mended."""
        self._logger.warning(event, extra={_FIELDS: fields})

    def error(self, event: str, /, **fields: Field) -> None:
        """Somebody has to do something."""
        self._logger.error(event, extra={_FIELDS: fields})


@contextmanager
def open_logs(stream: TextIO, level: str = "info") -> Iterator[Log]:
    """Send this process's logs to `stream` until the end of the block.

    Ours from `level` on, one of `LEVELS`; those of libraries from warnings on.
    """
    levels: dict[str | None, int | str] = {None: "WARNING"}
    levels |= dict.fromkeys(OUR_PACKAGES, level.upper())
    before = {name: logging.getLogger(name).level for name in levels}
    handler = _Handler(stream)
    handler.setFormatter(_Lines())
    _set(levels)
    logging.getLogger().addHandler(handler)
    try:
        yield Log(logging.getLogger(_LOGGER))
    finally:
        logging.getLogger().removeHandler(handler)
        _set(before)


def _set(levels: dict[str | None, int | str] | dict[str | None, int]) -> None:
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


class _Handler(logging.StreamHandler[TextIO]):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Drop the line: the standard library would print the record's arguments instead."""


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """One JSON object, without a line break."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {
            "time": time.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _said(record),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = plain(Failure(record.exc_info[1]))
        fields = getattr(record, _FIELDS, None)
        if isinstance(fields, dict):
            # No field can pass for a key of the line itself.
            line |= {name: plain(value) for name, value in fields.items() if name not in line}
        return msgspec.json.encode(line).decode()


def _said(record: logging.LogRecord) -> str:
    """The template with its arguments, as far as they may be shown."""
    if not isinstance(record.msg, str):
        return f"<{type(record.msg).__name__}>"
    if not isinstance(record.args, tuple) or not record.args:
        return record.msg
    ours = record.name.partition(".")[0] in OUR_PACKAGES
    try:
        return record.msg % tuple(_shown(arg, ours=ours) for arg in record.args)
    except (TypeError, ValueError):
        return record.msg


def _shown(value: object, *, ours: bool) -> object:
    """A library's texts may be anything, so their type stands for them."""
    if isinstance(value, int | float):
        return value
    if not ours:
        return f"<{type(value).__name__}>"
    return plain(Failure(value) if isinstance(value, BaseException) else value)
