"""JSON that a client made unreadable: with halves of characters, and with numbers that are none.

RFC 8259 lets an escape name half of a UTF-16 pair, which is no character (section 8.2), and sets numbers no
bounds (section 6). A client can send both, and a log repeats them, so neither must cost the record.
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from features.adapters.reasons import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_ESCAPE: Final = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\.",
    re.DOTALL,
)
"""A pair, half of one (the group), or any other escape: a backslash may itself be escaped."""
_TOKEN: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)
_DEEPEST: Final = 64
"""Nesting that no field of ours comes near. What mends in Python bears less of it than what reads at once."""
_UNKNOWN_CHARACTER: Final = rb"\ufffd"
_MOST_DIGITS: Final = 4300
"""Of an integer, as for msgspec and Python."""


def mended(record: bytes) -> bytes:
    """The record with U+FFFD for every escape of half a character; as long as before."""
    return _ESCAPE.sub(lambda found: _UNKNOWN_CHARACTER if found[1] else found[0], record)


def shallow(record: bytes) -> bytes:
    """The record with null for what is nested deeper than any field of ours."""
    if record.count(b"[") + record.count(b"{") <= _DEEPEST:
        return record
    kept: list[bytes] = []
    depth = done = 0
    for token in _TOKEN.finditer(record):
        if token[0] in b"[{":
            depth += 1
            if depth == _DEEPEST + 1:
                kept.append(record[done : token.start()])
                done = token.start()
        elif token[0] in b"]}":
            depth -= 1
            if depth == _DEEPEST:
                kept.append(b"null")
                done = token.end()
    return b"".join([*kept, record[done:]])


def decode_mended(record: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """Decode a record, mended where it is not readable as it is; raises one of `UNREADABLE`."""
    try:
        return decoder.decode(record)
    except msgspec.MsgspecError:
        whole = mended(record)
        if whole == record:
            raise
    return decoder.decode(whole)


def decode_lenient(
    record: bytes, decoder: msgspec.json.Decoder[T], clean: Callable[[Any], Any] | None = None
) -> T:
    """As `decode_mended`, with null for numbers that are not finite or too long, which JSON has not either.

    `clean` does this where not all of a record is the client's.
    """
    try:
        return decode_mended(record, decoder)
    except msgspec.MsgspecError as error:
        try:
            return msgspec.convert((clean or finite)(_loads(shallow(mended(record)))), decoder.type)
        except (ValueError, *UNREADABLE):
            # What the usual decoder says of a record is what its sender is told.
            raise error from None


def finite(value: Any) -> Any:
    """The value with None for every number in it that is not finite."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: finite(item) for name, item in value.items()}
    if isinstance(value, list):
        return [finite(item) for item in value]
    return value


def _loads(record: bytes) -> Any:
    return json.loads(record.decode(), parse_int=_integer)


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _MOST_DIGITS else math.inf
