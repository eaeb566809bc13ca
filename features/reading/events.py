"""One record to one row of every column: the loop over the keys of a usage event."""

# ruff: noqa: PLR2004, PLR1714, SIM109 - bytes and sorts; one comparison each compiles to the fastest code
from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numba import njit, uint64

from features.columns import HASHED, NUMBERS
from features.hashing import sip64
from features.reading.clock import NEVER, read_time
from features.reading.keys import (
    COUNT,
    FLAG,
    HASH,
    MEASURE,
    MESSAGES,
    PRESENCE,
    REFUSED,
    RESPONSE,
    SEED,
    SPAN,
    SPANS,
    TEXT,
    TIME,
    TIMES,
    UNKNOWN,
    WORDS,
    place_of,
)
from features.reading.lexis import (
    FRACTION,
    WHOLE,
    past_any_string,
    past_blank,
    past_key,
    past_name,
    past_number,
    past_string,
    past_value,
    past_word,
)
from features.reading.strings import NO, QUOTE, unescaped
from features.reading.words import COMMA, NULL, add_part, past_messages
from features.text.parts import RESPONSE as ANSWER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from features.hashing import Word
    from features.rows import Record

LONGEST_ID: Final = 512
MOST_WORDS: Final = 64
"""Different texts of a column of words."""

_POWERS: Final = 10.0 ** np.arange(20)


FIELDS: Final = np.dtype(
    [
        ("hashes", "<u8", (len(HASHED),)),
        ("numbers", "<f8", (len(NUMBERS),)),  # in the log's units; NaN where there is none
        ("times", "<i8", (len(TIMES),)),  # microseconds; NEVER where there is none
        ("starts", "<i8", (len(SPANS),)),  # where a text begins
        ("ends", "<i8", (len(SPANS),)),
        ("words", "<i8", (len(WORDS),)),  # which of the words met; NO where there is none
        ("present", "i1", (8,)),  # of PRESENCES, and room
    ],
    align=True,
)
"""What is read of an event beside its messages."""

MET: Final = np.dtype(
    [
        ("count", "<i8"),
        ("hashes", "<u8", (MOST_WORDS,)),
        ("starts", "<i8", (MOST_WORDS,)),
        ("ends", "<i8", (MOST_WORDS,)),
    ],
    align=True,
)
"""The words of a column that were met in a block."""


@njit(cache=True, nogil=True)
def clear(fields: Record) -> None:
    """Nothing is known of an event yet."""
    fields.hashes[:] = 0
    fields.numbers[:] = np.nan
    fields.times[:] = NEVER
    fields.starts[:] = 0
    fields.ends[:] = 0
    fields.words[:] = NO
    fields.present[:] = 0


@njit(cache=True, nogil=True)
def read_event(  # noqa: C901, PLR0911, PLR0912 - the loop of a parser; a call for each step would cost
    data: NDArray[np.uint8],
    at: int,
    end: int,
    keys: NDArray[np.void],
    names: NDArray[np.uint8],
    k0: Word,
    k1: Word,
    fields: Record,
    met: NDArray[np.void],
    text: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    roles: NDArray[np.uint8],
    parts: NDArray[np.int64],
) -> bool:
    """Read `data[at:end]` into `fields`; False, half filled, where it is no plain usage event.

    `data[end]` must be 0.
    """
    seen, answer = uint64(0), NO
    at = past_blank(data, at)
    if data[at] != 0x7B:
        return False
    while True:
        at, key, key_end = past_key(data, at + 1, end)
        if at == NO:
            return False
        known = keys[place_of(keys, names, data, key, key_end)]
        sort = known.sort
        if seen & known.bit:
            return False
        if data[at] == NULL and sort != UNKNOWN:
            at = past_word(data, at, end)
        elif sort == MESSAGES:
            at = past_messages(data, at, end, text, offsets, roles, parts)
        elif sort == RESPONSE:
            # Its part comes last, wherever it stands.
            answer, at = at + 1, past_string(data, at + 1, end)[0] if data[at] == QUOTE else NO
        else:
            at = _past_field(data, at, end, known, k0, k1, fields, met, text, offsets[parts[0]])
        if at == NO:
            return False
        seen |= known.bit
        at = past_blank(data, at)
        if data[at] != COMMA:
            break
    if data[at] != 0x7D or past_blank(data, at + 1) != end:
        return False
    if not _has_required(fields):
        return False
    if answer != NO:
        answer, size = unescaped(data, answer, end, text, offsets[parts[0]])
        add_part(offsets, roles, parts, ANSWER, size)
        return answer != NO
    return True


@njit(cache=True, nogil=True)
def _has_required(fields: Record) -> bool:
    return fields.hashes[0] != 0 and fields.ends[0] > fields.starts[0] and fields.times[0] != NEVER


@njit(cache=True, nogil=True)
def _past_field(  # noqa: PLR0911 - one return for each sort of value
    data: NDArray[np.uint8],
    at: int,
    end: int,
    known: Record,
    k0: Word,
    k1: Word,
    fields: Record,
    met: NDArray[np.void],
    room: NDArray[np.uint8],
    size: int,
) -> int:
    sort, column = known.sort, known.column
    if sort == COUNT or sort == MEASURE:
        return _past_figure(data, at, known, fields)
    if sort == FLAG:
        past = past_word(data, at, end)
        fields.numbers[column] = past == at + 4
        return past
    if sort == SEED:
        past, _, _, kind = past_number(data, at)
        fields.present[column] = 1
        return past if kind == WHOLE else NO
    if sort == UNKNOWN or sort == PRESENCE:
        if sort == PRESENCE:
            fields.present[column] = 1
        return past_value(data, at, end, room, size)
    if data[at] != QUOTE or sort == REFUSED:
        return NO
    if sort == TEXT:
        return past_any_string(data, at, end, room, size)
    past, name_end = past_name(data, at, end)
    if past == NO:
        return NO
    return past if _keep_name(data, at + 1, name_end, known, k0, k1, fields, met) else NO


@njit(cache=True, nogil=True)
def _past_figure(data: NDArray[np.uint8], at: int, known: Record, fields: Record) -> int:
    """Past a number; with so few digits the quotient of two doubles is the nearest one (Clinger 1990)."""
    past, digits, places, kind = past_number(data, at)
    if past == NO or kind > (WHOLE if known.sort == COUNT else FRACTION):
        return NO
    number = digits / _POWERS[places]
    if number > known.high:
        return NO
    fields.numbers[known.column] = number
    return past


@njit(cache=True, nogil=True)
def _keep_name(
    data: NDArray[np.uint8],
    start: int,
    end: int,
    known: Record,
    k0: Word,
    k1: Word,
    fields: Record,
    met: NDArray[np.void],
) -> bool:
    """Keep a text by its hash, its number, its place or its time; whether it is good."""
    sort, column = known.sort, known.column
    is_id = column == 0 and (sort == HASH or sort == SPAN)
    if is_id and end - start > LONGEST_ID:
        return False
    if sort == SPAN:
        fields.starts[column], fields.ends[column] = start, end
        return True
    if sort == TIME:
        fields.times[column] = read_time(data, start, end)
        return fields.times[column] != NEVER
    hashed = sip64(data, start, end, k0, k1)
    if sort == HASH:
        if end > start:
            fields.hashes[column] = hashed if hashed != 0 else uint64(1)
        return True
    fields.words[column] = _met(start, end, hashed, met[column])
    return fields.words[column] != NO


@njit(cache=True, nogil=True)
def _met(start: int, end: int, hashed: Word, met: Record) -> int:
    """The number of a word, which may be new; NO where there are too many."""
    count = met.count
    for i in range(count):
        if met.hashes[i] == hashed:
            return i
    if count == MOST_WORDS:
        return NO
    met.hashes[count] = hashed
    met.starts[count], met.ends[count] = start, end
    met.count = count + 1
    return count
