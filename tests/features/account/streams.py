"""Random streams of event and sketch rows, without an adapter or a text kernel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import strategies as st

from features.rows import EVENT_ROW, SKETCH_ROW
from tests.features.account.reference import mix64

if TYPE_CHECKING:
    from numpy.typing import NDArray

START = 1_772_323_200_000
DAY = 86_400_000
LARGEST = 2**31 - 1

HASH = st.integers(0, 6).map(lambda i: mix64(i) if i else 0)
COUNT = st.sampled_from([0, 1, 2, 7, 300, 4096, LARGEST]) | st.integers(0, 5000)
STEP = st.sampled_from([0, 0, 1, 900, 1000, 1000, 1049, 1051, 60_000, 3_600_000, DAY, 25 * DAY, -5000])
_MISSING = {name: -1 for name in EVENT_ROW.names or () if EVENT_ROW[name].kind == "i"} | {"denied": 0}
_FIELDS: dict[str, st.SearchStrategy[int]] = {
    **dict.fromkeys(
        ("session", "end_user", "model", "ip_net", "user_agent", "device", "org", "api_key", "payment"), HASH
    ),
    **dict.fromkeys(
        ("input_tokens", "output_tokens", "cached_tokens", "reasoning_tokens", "max_tokens", "top_logprobs"),
        COUNT,
    ),
    **dict.fromkeys(("logprobs", "seeded", "formatted", "stream", "denied"), st.integers(0, 1)),
    "temperature": st.sampled_from([0, 499, 500, 1000, 100_000]),
    "top_p": st.sampled_from([0, 900, 1000]),
    "asn": st.sampled_from([0, 1, 64_512, LARGEST]),
    "n": st.sampled_from([0, 1, 2, 100_000]),
    "tool_count": st.integers(0, 2),
    "logit_bias": COUNT,
    "status": st.sampled_from([0, 200, 399, 400, 401, 403, 429, 500]),
    "effort": st.integers(0, 3),
    "human": st.integers(0, 2),
    "finish": st.integers(0, 4),
    "account_created": st.sampled_from([START - 400 * DAY, START - 1, START + DAY]),
}
_SKETCH: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("template", "system", "content", "opening", "response"), HASH),
    **dict.fromkeys(("user_turns", "assistant_turns", "tool_turns"), st.integers(0, 2)),
    **dict.fromkeys(("head", "tail"), st.integers(0, 5)),
    "turns": HASH.map(lambda newest: [newest] + [0] * 7),
    "shingles": st.integers(0, 40).map(lambda start: [start * 77 + i for i in range(16)]),
    "purposes": st.sampled_from([[0] * 8, [127, 128, 255, 0, 128, 127, 0, 0]]),
    "user_bytes": st.sampled_from([0, 1, 500, 2**32 - 1]),
}
EVENT = st.tuples(
    st.integers(0, 2),
    STEP,
    st.sampled_from([0, 0, 500, 4000, DAY]),
    st.fixed_dictionaries({}, optional=_FIELDS),
    st.none() | st.fixed_dictionaries({}, optional=_SKETCH),
)


@dataclass(frozen=True)
class Stream:
    """Events of up to three accounts, as plain values and as rows."""

    events: list[dict[str, Any]]
    sketches: list[dict[str, Any]]

    @property
    def rows(self) -> NDArray[np.void]:
        """The events, dtype EVENT_ROW."""
        return _table(self.events, EVENT_ROW)

    @property
    def texts(self) -> NDArray[np.void]:
        """The sketches, dtype SKETCH_ROW."""
        return _table(self.sketches, SKETCH_ROW)

    def take(self, index: list[int]) -> Stream:
        """Some of the events."""
        return Stream([self.events[i] for i in index], [self.sketches[i] for i in index])


def _table(rows: list[dict[str, Any]], dtype: np.dtype[np.void]) -> NDArray[np.void]:
    table = np.zeros(len(rows), dtype=dtype)
    for at, row in enumerate(rows):
        for name, value in row.items():
            table[name][at] = value
    return table


def make_stream(drawn: list[tuple[int, int, int, dict[str, int], dict[str, Any] | None]]) -> Stream:
    """Events given as account, time since the one before, latency, other fields and sketch."""
    empty = {name: np.zeros(1, SKETCH_ROW)[0][name].tolist() for name in SKETCH_ROW.names or ()}
    hashes = {name: 0 for name in EVENT_ROW.names or () if EVENT_ROW[name].kind == "u"}
    time, events, sketches = START, [], []
    for at, (account, step, latency, fields, text) in enumerate(drawn):
        time += step
        placed = {"event": mix64(at + 1), "time": time, "available": time + latency, "account": account}
        events.append(hashes | _MISSING | fields | placed)
        sketches.append(empty if text is None else empty | text | {"present": 1})
    return Stream(events, sketches)


STREAMS = (st.lists(EVENT, max_size=3) | st.lists(EVENT, min_size=10, max_size=20)).map(make_stream)
