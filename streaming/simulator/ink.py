"""Kernels that write text into a byte buffer: strings of an arena, numbers, times, and filled wordings.

The small ones name their types, or each would be compiled for every width of number that calls it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit, void
from numba.core.cgutils import raw_memcpy
from numba.extending import intrinsic

from streaming.simulator.characters import COLON, DASH, DOT, LETTER_A, LETTER_T, LETTER_Z, ZERO
from streaming.simulator.program import ANSWER, LITERAL, SALT, TRACE
from streaming.simulator.scenes import TAKE, TURN
from streaming.simulator.streams import SPREAD, STEP
from streaming.simulator.texts import WORDING_SALT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from streaming.simulator.program import Program

_STEP = np.uint64(STEP)
_SPREAD = np.uint64(SPREAD)
_TURN = np.uint64(TURN)
_TAKE = np.uint64(TAKE)
_WORDING_SALT = np.uint64(WORDING_SALT)
_DAY = 86_400_000
_TEN = 10
_JANUARY = 10
"""counted from March, as the leap day then ends the year"""


@njit(cache=True, nogil=True, inline="always")
def draw(seed: np.uint64, salt: np.uint64) -> np.uint64:
    """`streams.draw`."""
    word = (seed ^ (salt * _STEP)) * _SPREAD
    return ((word ^ (word >> np.uint64(31))) * _STEP) >> np.uint64(24)


@njit("u8(u8, u8)", cache=True, nogil=True)
def item_seed(salt: np.uint64, item: np.uint64) -> np.uint64:
    """`scenes.item_seed`."""
    word = ((item + np.uint64(1)) * _TURN) ^ ((salt + np.uint64(1)) * _TAKE)
    return (word ^ (word >> np.uint64(29))) * _TURN


@njit("u8(u8, i8)", cache=True, nogil=True)
def turn_seed(seed: np.uint64, turn: int) -> np.uint64:
    """Seed of what the user says in a turn."""
    return seed + np.uint64(turn) * _TURN


@njit("u8(u8, i8, i8)", cache=True, nogil=True)
def answer_seed(seed: np.uint64, take: int, turn: int) -> np.uint64:
    """Seed of an answer."""
    return seed + np.uint64(turn) * _TURN + np.uint64(take + 1) * _TAKE


@intrinsic
def _copy(_: Any, out: Any, at: Any, text: Any, start: Any, count: Any) -> tuple[Any, Any]:
    """`count` bytes of `text` from `start` on to `out` at `at`, by the C library: twice as fast as a loop."""

    def code(context: Any, builder: Any, signature: Any, values: Sequence[Any]) -> Any:
        to, of = (
            builder.gep(
                context.make_array(signature.args[k])(context, builder, values[k]).data, [values[k + 1]]
            )
            for k in (0, 2)
        )
        raw_memcpy(builder, to, of, values[4], 1)
        return context.get_dummy_value()

    return void(out, at, text, start, count), code


@njit("i8(u1[::1], i8, u1[::1], i8[::1], i8)", cache=True, nogil=True)
def put(
    out: NDArray[np.uint8], at: int, text: NDArray[np.uint8], starts: NDArray[np.int64], string: int
) -> int:
    """Write a string of an arena at `at`; where it ends."""
    start, stop = starts[string], starts[string + 1]
    _copy(out, at, text, start, stop - start)
    return at + stop - start


@njit("i8(u1[::1], i8, i8)", cache=True, nogil=True)
def put_number(out: NDArray[np.uint8], at: int, number: int) -> int:
    """Write a number of no sign in decimal."""
    digits = 1
    rest = number // 10
    while rest:
        digits += 1
        rest //= 10
    for k in range(at + digits - 1, at - 1, -1):
        out[k] = ZERO + number % 10
        number //= 10
    return at + digits


@njit("i8(u1[::1], i8, i8, i8)", cache=True, nogil=True)
def put_padded(out: NDArray[np.uint8], at: int, number: int, digits: int) -> int:
    """Write a number of no sign with leading zeros."""
    for k in range(at + digits - 1, at - 1, -1):
        out[k] = ZERO + number % 10
        number //= 10
    return at + digits


@njit("i8(u1[::1], i8, u8, i8)", cache=True, nogil=True)
def put_hex(out: NDArray[np.uint8], at: int, word: np.uint64, digits: int) -> int:
    """Write the highest `digits` hexadecimal digits of a word."""
    for k in range(digits):
        nibble = (word >> np.uint64(60 - 4 * k)) & np.uint64(15)
        out[at + k] = nibble + (ZERO if nibble < _TEN else LETTER_A - _TEN)
    return at + digits


@njit("i8(u1[::1], i8, i8)", cache=True, nogil=True)
def put_time(out: NDArray[np.uint8], at: int, ms: int) -> int:
    """Write a time as RFC 3339 in UTC, `2026-03-02T00:00:31.640Z` (civil-from-days: Hinnant 2013)."""
    day, rest = ms // _DAY + 719_468, ms % _DAY
    era = day // 146_097
    of_era = day - era * 146_097
    year_of_era = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    month = (5 * of_year + 2) // 153
    at = put_padded(out, at, year_of_era + era * 400 + (month >= _JANUARY), 4)
    out[at] = DASH
    at = put_padded(out, at + 1, month + 3 if month < _JANUARY else month - 9, 2)
    out[at] = DASH
    at = put_padded(out, at + 1, of_year - (153 * month + 2) // 5 + 1, 2)
    out[at] = LETTER_T
    at = put_padded(out, at + 1, rest // 3_600_000, 2)
    out[at] = COLON
    at = put_padded(out, at + 1, rest // 60_000 % 60, 2)
    out[at] = COLON
    at = put_padded(out, at + 1, rest // 1_000 % 60, 2)
    out[at] = DOT
    at = put_padded(out, at + 1, rest % 1_000, 3)
    out[at] = LETTER_Z
    return at + 1


@njit(cache=True, nogil=True)
def fill(
    out: NDArray[np.uint8], at: int, until: int, program: Program, wording: int, item: int, seed: np.uint64
) -> int:
    """Write a wording, or its parts that begin before `until`; where it ends.

    A trace in it is another scene's answer to the same item.
    """
    template = _template(program, wording, seed)
    for k in range(program.templates[template, 0], program.templates[template, 1]):
        if at >= until:
            break
        if program.operations[k, 0] != TRACE:
            at = put(out, at, program.text, program.starts, _string(program, k, item, seed))
        else:
            scene, turn = program.operations[k, 1], program.operations[k, 2]
            salt = np.uint64(program.scenes[scene, SALT])
            traced = answer_seed(item_seed(salt, np.uint64(item)), 0, turn)
            at = _fill_plain(out, at, program, program.scenes[scene, ANSWER], item, traced)
    return at


@njit(cache=True, nogil=True)
def _fill_plain(
    out: NDArray[np.uint8], at: int, program: Program, wording: int, item: int, seed: np.uint64
) -> int:
    template = _template(program, wording, seed)
    for k in range(program.templates[template, 0], program.templates[template, 1]):
        at = put(out, at, program.text, program.starts, _string(program, k, item, seed))
    return at


@njit(cache=True, nogil=True)
def _template(program: Program, wording: int, seed: np.uint64) -> int:
    first, count = program.wordings[wording, 0], program.wordings[wording, 1]
    return first if count == 1 else first + np.int64(draw(seed, _WORDING_SALT) % np.uint64(count))


@njit(cache=True, nogil=True)
def _string(program: Program, operation: int, item: int, seed: np.uint64) -> int:
    """The string of a literal or of a slot."""
    first = int(program.operations[operation, 1])
    if program.operations[operation, 0] == LITERAL:
        return first
    count, salt = np.uint64(program.operations[operation, 2]), program.operations[operation, 3]
    drawn = np.uint64(item) if salt == 0 else draw(seed, np.uint64(salt))
    return int(program.pools[first + np.int64(drawn % count)])
