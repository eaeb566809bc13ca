"""Fold events into account rows: one compiled pass, in each account's own order of time."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
from numba import njit, uint64

from features.account.sketches import add_distinct, count_top
from features.hashing import mix64
from features.rows import FINISH_LENGTH, FINISH_REFUSED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from features.hashing import Word
    from features.rows import Record

SECOND: Final = 1000
HOUR: Final = 3_600_000
DAY: Final = 86_400_000

FAILED: Final = 400
UNAUTHORIZED: Final = 401
FORBIDDEN: Final = 403
TOO_MANY_REQUESTS: Final = 429

HIGH_EFFORT: Final = 3
MOST: Final = 65_535
WARM: Final = 500
POSITIVE: Final = 128
"""A purpose score of one half, in 1/255."""


def fold(
    table: NDArray[np.void],
    rows: NDArray[np.void],
    sketches: NDArray[np.void],
    order: NDArray[np.int64],
) -> None:
    """Fold `rows[order]` (with the `sketches` of their text) into `table`, in place.

    `rows["account"]` indexes `table`; `canonical_order` gives the order that makes the result independent
    of how events arrived.
    """
    _fold(table, rows, sketches, order)


def canonical_order(rows: NDArray[np.void]) -> NDArray[np.int64]:
    """Events by account, then by the time at which they became available, then by event."""
    return np.lexsort((rows["event"], rows["available"], rows["account"]))


def time_order(rows: NDArray[np.void]) -> NDArray[np.int64]:
    """Events by the time at which they became available, then by event: what several accounts share."""
    return np.lexsort((rows["event"], rows["available"]))


@njit(cache=True, nogil=True)
def is_verdict(row: Record) -> bool:
    """Whether an event is somebody's verdict on the account: refused by our own hook, 401 or 403."""
    status = row.status
    return row.denied == 1 or status == UNAUTHORIZED or status == FORBIDDEN  # noqa: PLR1714 - a set is slow


@njit(cache=True, nogil=True)
def _fold(
    table: NDArray[np.void], rows: NDArray[np.void], sketches: NDArray[np.void], order: NDArray[np.int64]
) -> None:
    for i in order:
        row = rows[i]
        state = table[row.account]
        if is_verdict(row):
            state.denied += 1
            continue
        count_event(state, row, sketches[i])


@njit(cache=True, nogil=True)
def count_event(state: Record, row: Record, sketch: Record) -> None:
    """Count one request, with the sketch of its text, in a row of ACCOUNT_ROW."""
    if state.total == 0:
        state.first = row.time
        state.last = row.time
        state.last_end = row.time
        state.created = -1
    _count_outcome(state, row)
    _count_tokens(state, row)
    _count_settings(state, row)
    _count_identity(state, row)
    _count_timing(state, row)
    if sketch.present == 1:
        _count_text(state, sketch)


@njit(cache=True, nogil=True)
def log256(value: float) -> int:
    """256 log2(1 + value), rounded: a logarithm that can be summed exactly."""
    return math.floor(256.0 * math.log2(1.0 + value) + 0.5)


@njit(cache=True, nogil=True)
def _count_outcome(state: Record, row: Record) -> None:
    state.events += 1
    state.total += 1
    if row.status == TOO_MANY_REQUESTS:
        state.limited += 1
    elif row.status >= FAILED:
        state.errors += 1
    else:
        state.ok += 1
    if row.finish >= 0:
        state.finished += 1
        state.capped += row.finish == FINISH_LENGTH
        state.refused += row.finish == FINISH_REFUSED
    if row.human >= 0:
        state.with_human += 1
        state.human_valid += row.human == 1


@njit(cache=True, nogil=True)
def _count_tokens(state: Record, row: Record) -> None:
    if row.input_tokens >= 0:
        value = log256(row.input_tokens)
        state.with_input += 1
        state.input_tokens += row.input_tokens
        state.log_input += value
        state.log_input_sq += value * value
    if row.output_tokens >= 0 and row.status < FAILED:
        value = log256(row.output_tokens)
        state.with_output += 1
        state.output_tokens += row.output_tokens
        state.log_output += value
        state.log_output_sq += value * value
        if row.max_tokens > 0:
            state.filled += 1
            state.fill += min(1024, (1024 * row.output_tokens) // row.max_tokens)
    if row.cached_tokens >= 0:
        state.with_cached += 1
        state.cached_tokens += row.cached_tokens
    if row.reasoning_tokens > 0:
        state.reasoned += 1
        state.reasoning_tokens += row.reasoning_tokens


@njit(cache=True, nogil=True)
def _count_settings(state: Record, row: Record) -> None:
    if row.max_tokens >= 0:
        state.with_limit += 1
        state.log_limit += log256(row.max_tokens)
        state.one_token += row.max_tokens == 1
    if row.temperature >= 0:
        state.with_temperature += 1
        state.temperature += row.temperature
        state.cold += row.temperature == 0
        state.warm += row.temperature >= WARM
    state.seeded += row.seeded == 1
    state.sampled += row.n > 1
    state.logprobs += row.logprobs == 1 or row.top_logprobs > 0
    if row.logit_bias > 0:
        state.biased += 1
        state.bias_size += row.logit_bias
    state.formatted += row.formatted == 1
    state.tooled += row.tool_count > 0
    state.effortful += row.effort >= HIGH_EFFORT
    count_top(state.settings, state.settings_n, np.uint32(sampling_of(row) >> uint64(32)))


@njit(cache=True, nogil=True)
def sampling_of(row: Record) -> Word:
    """The sampling parameters of a request as one word."""
    word = uint64(row.temperature + 1) * uint64(1_000_003) + uint64(row.top_p + 1)
    word = mix64(word) + uint64(row.max_tokens + 1)
    word = mix64(word) + uint64((row.n + 1) * 8 + (row.seeded + 1) * 2 + (row.logprobs == 1))
    return mix64(word)


@njit(cache=True, nogil=True)
def _count_identity(state: Record, row: Record) -> None:
    if row.account_created > 0:
        state.created = row.account_created
    if row.session != 0:
        add_distinct(state.sessions, row.session)
    if row.end_user != 0:
        add_distinct(state.end_users, row.end_user)
    if row.model != 0:
        add_distinct(state.models, row.model)
    if row.ip_net != 0:
        add_distinct(state.networks, row.ip_net)
    if row.asn >= 0:
        add_distinct(state.asns, mix64(row.asn + 1))
    if row.user_agent != 0:
        add_distinct(state.agents, row.user_agent)
    if row.device != 0:
        add_distinct(state.devices, row.device)


@njit(cache=True, nogil=True)
def _count_timing(state: Record, row: Record) -> None:
    day = row.time // DAY
    if state.day != day:
        state.day = day
        state.day_events = 0
        add_distinct(state.days, mix64(day))
    state.day_events += 1
    state.day_peak = max(state.day_peak, state.day_events)
    hour = (row.time % DAY) // HOUR
    if state.hours[hour] < MOST:
        state.hours[hour] += 1
    state.early += row.time < state.first + DAY
    if state.total > 1:
        gap = min(max(row.time - state.last, 0), 2_000_000_000)
        value = log256(gap)
        state.gaps += 1
        state.log_gap += value
        state.log_gap_sq += value * value
        state.instant_gaps += gap < SECOND
        state.even_gaps += abs(gap - state.last_gap) * 20 <= state.last_gap and gap >= SECOND
        state.overlaps += row.time < state.last_end
        state.last_gap = gap
    state.first = min(state.first, row.time)
    state.last = max(state.last, row.time)
    state.last_end = max(state.last_end, row.available)


@njit(cache=True, nogil=True)
def _count_text(state: Record, sketch: Record) -> None:
    state.with_text += 1
    content = np.uint32(sketch.content >> uint64(32))
    for i in range(state.recent.shape[0]):
        if state.recent[i] == content:
            state.repeated += 1
            break
    state.recent[state.recent_at] = content
    state.recent_at = (state.recent_at + 1) % state.recent.shape[0]
    add_distinct(state.contents, sketch.content)
    if sketch.opening != 0:
        add_distinct(state.openings, sketch.opening)
    state.single_turn += sketch.assistant_turns == 0
    state.tool_results += sketch.tool_turns > 0
    if sketch.system != 0:
        state.with_system += 1
        count_top(state.systems, state.systems_n, np.uint32(sketch.system >> uint64(32)))
    for purpose in range(sketch.purposes.shape[0]):
        state.purposes[purpose] += sketch.purposes[purpose] >= POSITIVE
    if sketch.user_turns > 0:
        _count_user_text(state, sketch)
    _count_history(state, sketch)


@njit(cache=True, nogil=True)
def _count_user_text(state: Record, sketch: Record) -> None:
    value = log256(sketch.user_bytes)
    state.with_user += 1
    state.log_user += value
    state.log_user_sq += value * value
    count_top(state.templates, state.templates_n, np.uint32(sketch.template >> uint64(32)))
    count_top(state.heads, state.heads_n, sketch.head)
    count_top(state.tails, state.tails_n, sketch.tail)
    add_distinct(state.template_kinds, sketch.template)
    for shingle in sketch.shingles:
        add_distinct(state.shingles, mix64(shingle))


@njit(cache=True, nogil=True)
def _count_history(state: Record, sketch: Record) -> None:
    if sketch.turns[0] != 0:
        newest = np.uint32(sketch.turns[0] >> uint64(32))
        state.with_history += 1
        for served in state.served:
            if served == newest:
                state.own_history += 1
                break
    if sketch.response != 0:
        state.served[state.served_at] = np.uint32(sketch.response >> uint64(32))
        state.served_at = (state.served_at + 1) % state.served.shape[0]
