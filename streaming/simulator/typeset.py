"""The kernel that writes request rows as JSON lines of the canonical usage event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numba import njit

from streaming.simulator.characters import ASCII_END, BACKSLASH, LETTER_U
from streaming.simulator.ink import answer_seed, fill, put, put_hex, put_number, put_time, turn_seed
from streaming.simulator.program import ANSWER, BY_TOOL, KEEP, LATER, OPENING, PREFIX

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streaming.simulator.program import Program
    from streaming.simulator.requests import Row

KEYS: Final = (
    '{"event_id":"evt_', '","time":"', '",', ',"status":', ',"latency_ms":', ',"session_id":"',
    ',"end_user_id":"', '"', ',"ttft_ms":', ',"output_tokens":', ',"reasoning_tokens":', ',"messages":',
    ',"input_tokens":', ',"response":"', ',"response":null', "}\n", '"},{"role":"assistant","content":"',
    '"},{"role":"user","content":"', '"},{"role":"tool","content":"', '"}]', ',"cached_input_tokens":',
)  # fmt: skip
"""The strings that every line is made of; fragments begin with them."""
(
    _EVENT, _TIME, _COMMA, _STATUS, _LATENCY, _SESSION, _USER, _QUOTE, _TTFT, _OUTPUT, _REASONING, _MESSAGES,
    _INPUT, _RESPONSE, _NO_RESPONSE, _END, _ASSISTANT, _ASKED, _TOOL, _CLOSE, _CACHED,
) = range(len(KEYS))  # fmt: skip

WRITTEN: Final = np.dtype(
    [
        ("high", np.uint64),
        ("low", np.uint64),
        ("account", np.int32),
        ("params", np.int32),
        ("place", np.int32),
        ("client", np.int32),
        ("ending", np.int32),
        ("output", np.int32),
        ("reasoning", np.int32),
        ("latency", np.int32),
        ("ttft", np.int32),
        ("shows_session", np.bool_),
        ("shows_user", np.bool_),
        ("shows_ttft", np.bool_),
        ("shows_reasoning", np.bool_),
        ("shows_cached", np.bool_),
        ("answered", np.bool_),
    ]
)
"""What a line says besides its request row; account to ending are fragments."""

LOGGED: Final = 600
"""bytes of an answer that gateways keep"""
LONGEST: Final = 1 << 18
"""room that a line must have"""
_BYTES_A_TOKEN: Final = 3.7
_CACHE_LEAST: Final = 1024
_ESCAPE: Final = 6
"""bytes of the longest escape sequence"""
_CHARACTER: Final = 0xC0
"""least first byte of a character of several bytes; the others are less"""


@njit(cache=True, nogil=True)
def typeset(
    out: NDArray[np.uint8],
    rows: NDArray[np.void],
    written: NDArray[np.void],
    program: Program,
    text: NDArray[np.uint8],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
) -> int:
    """Write rows while there is room; how many. `ends` gets the end of each line in `out`."""
    at = 0
    for k in range(len(rows)):
        if at + LONGEST > len(out):
            return k
        at = _head(out, at, rows[k], written[k], text, starts)
        at = _body(out, at, rows[k], written[k], program, text, starts)
        ends[k] = at
    return len(rows)


@njit(cache=True, nogil=True)
def _head(
    out: NDArray[np.uint8],
    at: int,
    row: Row,
    line: Row,
    text: NDArray[np.uint8],
    starts: NDArray[np.int64],
) -> int:
    """Who asked, from where, with what, and how it ended."""
    at = put_hex(out, put(out, at, text, starts, _EVENT), line.high, 16)
    at = put(out, put_hex(out, at, line.low, 8), text, starts, _TIME)
    at = put(out, put_time(out, at, row.time), text, starts, _COMMA)
    at = put(out, put(out, at, text, starts, line.account), text, starts, line.params)
    at = put(out, put(out, at, text, starts, line.place), text, starts, line.client)
    at = put(out, at, text, starts, line.ending)
    at = put_number(out, put(out, at, text, starts, _STATUS), row.status)
    at = put_number(out, put(out, at, text, starts, _LATENCY), line.latency)
    if line.shows_session:
        at = put_hex(out, put(out, at, text, starts, _SESSION), row.session, 16)
        at = put(out, at, text, starts, _QUOTE)
    if line.shows_user and row.user:
        at = put_hex(out, put(out, at, text, starts, _USER), row.user, 16)
        at = put(out, at, text, starts, _QUOTE)
    if line.answered and line.shows_ttft:
        at = put_number(out, put(out, at, text, starts, _TTFT), line.ttft)
    at = put_number(out, put(out, at, text, starts, _OUTPUT), line.output)
    if line.shows_reasoning:
        at = put_number(out, put(out, at, text, starts, _REASONING), line.reasoning)
    return at


@njit(cache=True, nogil=True)
def _body(
    out: NDArray[np.uint8],
    at: int,
    row: Row,
    line: Row,
    program: Program,
    text: NDArray[np.uint8],
    starts: NDArray[np.int64],
) -> int:
    """What was asked and answered."""
    before = put(out, at, text, starts, _MESSAGES)
    at, shared = _messages(out, before, row, program, text, starts)
    tokens = int((at - before) / _BYTES_A_TOKEN)
    at = put_number(out, put(out, at, text, starts, _INPUT), tokens)
    if line.shows_cached:
        cached = int((shared - before) / _BYTES_A_TOKEN)
        at = put(out, at, text, starts, _CACHED)
        at = put_number(out, at, cached if line.answered and cached >= _CACHE_LEAST else 0)
    if not line.answered:
        return put(out, put(out, at, text, starts, _NO_RESPONSE), text, starts, _END)
    begin = put(out, at, text, starts, _RESPONSE)
    limit = begin + min(LOGGED, 4 * line.output)
    wording = program.refusal if row.refused else program.scenes[row.scene, ANSWER]
    # What the cut looks at ends one byte after the limit.
    at = fill(out, begin, limit + 1, program, wording, row.item, answer_seed(row.seed, row.take, row.turn))
    at = _cut(out, begin, limit) if at > limit else at
    return put(out, put(out, at, text, starts, _QUOTE), text, starts, _END)


@njit(cache=True, nogil=True)
def _messages(
    out: NDArray[np.uint8],
    at: int,
    row: Row,
    program: Program,
    text: NDArray[np.uint8],
    starts: NDArray[np.int64],
) -> tuple[int, int]:
    """Where the input ends, and where the part ends that an earlier request had sent before."""
    scene = program.scenes[row.scene]
    at = put(out, at, program.text, program.starts, scene[PREFIX])
    shared = at
    first = max(0, row.turn - scene[KEEP])
    at = _asked(out, at, row, program, first)
    for turn in range(first, row.turn):
        at = put(out, at, text, starts, _ASSISTANT)
        at = _answer(out, at, row, program, turn)
        shared = at
        at = put(out, at, text, starts, _TOOL if scene[BY_TOOL] else _ASKED)
        at = _asked(out, at, row, program, turn + 1)
    return put(out, at, text, starts, _CLOSE), shared


@njit(cache=True, nogil=True)
def _asked(out: NDArray[np.uint8], at: int, row: Row, program: Program, turn: int) -> int:
    scene = program.scenes[row.scene]
    wording = scene[OPENING] if turn == 0 else scene[LATER]
    return (
        at if wording < 0 else fill(out, at, len(out), program, wording, row.item, turn_seed(row.seed, turn))
    )


@njit(cache=True, nogil=True)
def _answer(out: NDArray[np.uint8], at: int, row: Row, program: Program, turn: int) -> int:
    scene = program.scenes[row.scene]
    return fill(out, at, len(out), program, scene[ANSWER], row.item, answer_seed(row.seed, row.take, turn))


@njit(cache=True, nogil=True)
def _cut(out: NDArray[np.uint8], begin: int, end: int) -> int:
    """The last place up to `end`, within the text from `begin`, in no escape sequence and no character."""
    while ASCII_END <= out[end] < _CHARACTER:
        end -= 1
    for at in range(end - 1, max(begin, end - _ESCAPE) - 1, -1):
        if out[at] == BACKSLASH and _is_escape(out, begin, at):
            return at if at + (_ESCAPE if out[at + 1] == LETTER_U else 2) > end else end
    return end


@njit(cache=True, nogil=True)
def _is_escape(out: NDArray[np.uint8], begin: int, at: int) -> bool:
    """Whether the backslash at `at` begins an escape sequence, not ends one: of a run every second ends."""
    before = at
    while before > begin and out[before - 1] == BACKSLASH:
        before -= 1
    return (at - before) % 2 == 0
