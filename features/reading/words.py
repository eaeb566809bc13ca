"""The text of a request and of its answer, from JSON to one byte buffer."""

# ruff: noqa: PLR2004 - bytes; a comparison with a number compiles to the fastest code
from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numba import njit

from features.messages import ROLES
from features.reading.keys import is_same
from features.reading.lexis import past_blank, past_key, past_name, past_value, past_word
from features.reading.strings import NO, QUOTE, unescaped
from features.text.parts import USER

if TYPE_CHECKING:
    from numpy.typing import NDArray

NULL: Final = 0x6E
COMMA: Final = 0x2C

_NAMES: Final = np.frombuffer(b"rolecontenttexttype", dtype=np.uint8)
_ROLE: Final = (0, 4)
_CONTENT: Final = (4, 7)
_TEXT: Final = (11, 4)
_TYPE: Final = (15, 4)

_ROLE_NAMES: Final = np.frombuffer("".join(str(name) for name in ROLES).encode(), dtype=np.uint8)
_ROLE_SIZES: Final = np.array([len(str(name)) for name in ROLES])
_ROLE_CODES: Final = np.array(list(ROLES.values()))


class Words(NamedTuple):
    """Room for the parts of a block, as `features.text.parts.TextParts` has them."""

    text: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    """offsets[0] is 0"""
    roles: NDArray[np.uint8]
    parts: NDArray[np.int64]
    """shape (1,): how many there are"""


@njit(cache=True, nogil=True)
def add_part(
    offsets: NDArray[np.int64], roles: NDArray[np.uint8], parts: NDArray[np.int64], role: int, size: int
) -> None:
    """End a part at `size` bytes of text."""
    roles[parts[0]] = role
    parts[0] += 1
    offsets[parts[0]] = size


@njit(cache=True, nogil=True)
def past_messages(
    data: NDArray[np.uint8],
    at: int,
    end: int,
    text: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    roles: NDArray[np.uint8],
    parts: NDArray[np.int64],
) -> int:
    """Past a list of messages, each of which becomes a part; NO where one is not plain."""
    if data[at] != 0x5B:
        return NO
    at = past_blank(data, at + 1)
    if data[at] == 0x5D:
        return at + 1
    while True:
        at = _past_message(data, at, end, text, offsets, roles, parts)
        if at == NO:
            return NO
        at = past_blank(data, at)
        if data[at] != COMMA:
            return at + 1 if data[at] == 0x5D else NO
        at = past_blank(data, at + 1)


@njit(cache=True, nogil=True)
def _past_message(
    data: NDArray[np.uint8],
    at: int,
    end: int,
    text: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    roles: NDArray[np.uint8],
    parts: NDArray[np.int64],
) -> int:
    size = start = offsets[parts[0]]
    role, known = USER, 0
    if data[at] != 0x7B:
        return NO
    at = past_blank(data, at + 1)
    if data[at] == 0x7D:
        add_part(offsets, roles, parts, role, size)
        return at + 1
    while True:
        at, key, key_end = past_key(data, at, end)
        if at == NO:
            return NO
        if _is(data, key, key_end, _ROLE):
            known += 1
            at, role = _past_role(data, at, end)
        elif _is(data, key, key_end, _CONTENT):
            known += 100
            at, size = _past_content(data, at, end, text, start)
        else:
            at = past_value(data, at, end, text, size)
        if at == NO or known % 100 > 1 or known >= 200:
            return NO
        at = past_blank(data, at)
        if data[at] != COMMA:
            break
        at += 1
    add_part(offsets, roles, parts, role, size)
    return at + 1 if data[at] == 0x7D else NO


@njit(cache=True, nogil=True, inline="always")
def _is(data: NDArray[np.uint8], start: int, end: int, name: tuple[int, int]) -> bool:
    return end - start == name[1] and is_same(_NAMES, name[0], data, start, name[1])


@njit(cache=True, nogil=True)
def _past_role(data: NDArray[np.uint8], at: int, end: int) -> tuple[int, int]:
    if data[at] == NULL:
        return past_word(data, at, end), USER
    past, name_end = past_name(data, at, end)
    start = 0
    for i in range(len(_ROLE_SIZES)):
        size = _ROLE_SIZES[i]
        if size == name_end - at - 1 and is_same(_ROLE_NAMES, start, data, at + 1, size):
            return past, _ROLE_CODES[i]
        start += size
    return past, USER


@njit(cache=True, nogil=True)
def _past_content(
    data: NDArray[np.uint8], at: int, end: int, text: NDArray[np.uint8], size: int
) -> tuple[int, int]:
    """Past a text, null, or a list of parts, whose texts are joined by line feeds."""
    if data[at] == QUOTE:
        return unescaped(data, at + 1, end, text, size)
    if data[at] == NULL:
        return past_word(data, at, end), size
    if data[at] != 0x5B:
        return NO, size
    start = size
    at = past_blank(data, at + 1)
    if data[at] == 0x5D:
        return at + 1, size
    while True:
        at, size = _past_part(data, at, end, text, start, size)
        if at == NO:
            return NO, size
        at = past_blank(data, at)
        if data[at] != COMMA:
            return at + 1 if data[at] == 0x5D else NO, size
        at = past_blank(data, at + 1)


@njit(cache=True, nogil=True)
def _past_part(
    data: NDArray[np.uint8], at: int, end: int, text: NDArray[np.uint8], start: int, size: int
) -> tuple[int, int]:
    """Past one part of a content that began at `start`, and where the content ends then."""
    if data[at] != 0x7B:
        return NO, size
    at = past_blank(data, at + 1)
    if data[at] == 0x7D:
        return at + 1, size
    texts, types, grown = 0, 0, size
    while True:
        at, key, key_end = past_key(data, at, end)
        if at == NO:
            return NO, size
        if _is(data, key, key_end, _TEXT):
            texts += 1
            at, grown = _past_line(data, at, end, text, start, size)
        elif _is(data, key, key_end, _TYPE):
            types += 1
            at = past_word(data, at, end) if data[at] == NULL else past_name(data, at, end)[0]
        else:
            at = past_value(data, at, end, text, grown)
        if at == NO or texts > 1 or types > 1:
            return NO, size
        at = past_blank(data, at)
        if data[at] != COMMA:
            return at + 1 if data[at] == 0x7D else NO, grown
        at += 1


@njit(cache=True, nogil=True)
def _past_line(
    data: NDArray[np.uint8], at: int, end: int, text: NDArray[np.uint8], start: int, size: int
) -> tuple[int, int]:
    """Past a text, or null, which becomes another line of a content that began at `start`."""
    if data[at] == NULL:
        return past_word(data, at, end), size
    if data[at] != QUOTE:
        return NO, size
    first = size + (size > start)
    past, grown = unescaped(data, at + 1, end, text, first)
    if grown == first:
        return past, size
    if first > size:
        text[size] = 0x0A
    return past, grown
