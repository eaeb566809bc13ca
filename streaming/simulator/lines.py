"""Request rows to JSON lines of the canonical usage event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from streaming.simulator.fragments import Fragments
from streaming.simulator.program import Compiler
from streaming.simulator.streams import words
from streaming.simulator.typeset import KEYS, LONGEST, WRITTEN, typeset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from streaming.simulator.facts import LogSource
    from streaming.simulator.stage import Stage

OK: Final = 200
_ERRORS: Final = {429: "rate_limit_error", 500: "api_error", 503: "overloaded_error", 403: "permission_error"}
_OUT: Final = 1 << 25
_PARAMS, _PLACE, _CLIENT, _ACCOUNT, _ENDING = range(5)
_CUT: Final = 1
"""Ending of an answer that reached the asked length; 0 is one that came to its end, others are statuses."""


@dataclass(frozen=True, slots=True)
class Written:
    """Consecutive lines."""

    text: memoryview
    """of a buffer that the next lines overwrite"""
    ends: NDArray[np.int64]
    """end of each line in `text`"""


class Lines:
    """Writes rows of one stage; keeps the fragments that lines have in common."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._program = Compiler().compile(stage.scenes, stage.refusal)
        self._fragments = Fragments(KEYS)
        self._source_of = np.array(stage.source_of, dtype=np.int32)
        self._limit = np.array([params.max_tokens or 1 << 30 for params in stage.params], dtype=np.int64)
        self._out = np.empty(_OUT, dtype=np.uint8)
        self._count = 0

    def ids(self, count: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """Two words for the event id of each of the next `count` rows."""
        number = np.arange(self._count, self._count + count, dtype=np.uint64)
        self._count += count
        high = words(number, self._stage.seed)
        return high, words(high, 1)

    def write(
        self, rows: NDArray[np.void], ids: tuple[NDArray[np.uint64], NDArray[np.uint64]]
    ) -> Iterator[Written]:
        """The lines of rows, in as many parts as the buffer takes."""
        written = self._describe(rows, ids)
        text, starts = self._fragments.arena()
        done = 0
        while done < len(rows):
            ends = np.zeros(len(rows) - done, dtype=np.int64)
            count = typeset(self._out, rows[done:], written[done:], self._program, text, starts, ends)
            if not count:
                raise ValueError(f"lines: a line is longer than {LONGEST} bytes; cut the texts of its scene")
            yield Written(self._out[: ends[count - 1]].data, ends[:count])
            done += count

    def _describe(
        self, rows: NDArray[np.void], ids: tuple[NDArray[np.uint64], NDArray[np.uint64]]
    ) -> NDArray[np.void]:
        """What lines say besides the rows' own numbers."""
        written = np.zeros(len(rows), dtype=WRITTEN)
        written["high"], written["low"] = ids
        source = self._source_of[rows["account"]]
        answered = rows["status"] == OK
        output = np.minimum(rows["output"], self._limit[rows["params"]])
        # By request, not by what it asks, or who repeats a prompt would repeat its times.
        waiting, pace = (words(word, 2) / 2.0**64 for word in ids)
        ttft = (180 - 240 * np.log1p(-waiting)).astype(np.int64)
        written["answered"], written["ttft"] = answered, ttft
        written["output"] = np.where(answered, output, 0)
        written["reasoning"] = written["output"] * self._stage.traits["hidden"][rows["scene"]]
        written["latency"] = np.where(answered, ttft + output * (4 + 14 * pace), 20 + ttft // 20)
        for name in ("session", "user", "ttft", "reasoning", "cached"):
            written[f"shows_{name}"] = self._logged(_FIELDS[name])[source]
        ending = np.where(answered, np.where(output < rows["output"], _CUT, 0), rows["status"])
        numbers = {
            "account": (_ACCOUNT, rows["account"].astype(np.int64)),
            "params": (_PARAMS, rows["params"].astype(np.int64)),
            "place": (_PLACE, rows["place"].astype(np.int64)),
            "client": (_CLIENT, rows["client"].astype(np.int64)),
            "ending": (_ENDING, ending.astype(np.int64) * len(self._stage.market.models) + rows["model"]),
        }
        for name, (table, at) in numbers.items():
            written[name] = self._fragments.numbers(table, source, at, self._fragment)
        return written

    def _logged(self, name: str) -> NDArray[np.bool_]:
        return np.array([source.logs(name) for source in self._stage.sources])

    def _fragment(self, table: int, source: int, at: int) -> str:
        stage = self._stage
        gateway = stage.sources[source]
        if table == _ACCOUNT:
            return gateway.fragment(stage.facts[at])[1:]
        if table == _PARAMS:
            return gateway.fragment(stage.params[at])
        if table == _PLACE:
            return gateway.fragment(stage.places[at])
        if table == _CLIENT:
            return gateway.fragment(stage.clients[at])
        return self._ending(gateway, *divmod(at, len(stage.market.models)))

    def _ending(self, gateway: LogSource, ending: int, model: int) -> str:
        market = self._stage.market
        said = f',"model":"{market.models[model]}","provider":"{market.provider}","operation":"chat"'
        if ending <= _CUT:
            finish = "length" if ending == _CUT else "stop"
            return f'{said},"finish_reason":"{finish}"' + (',"error_type":null' if gateway.says_null else "")
        return f'{said},"error_type":"{_ERRORS.get(ending, "invalid_request_error")}"'


_FIELDS: Final = {
    "session": "session_id",
    "user": "end_user_id",
    "ttft": "ttft_ms",
    "reasoning": "reasoning_tokens",
    "cached": "cached_input_tokens",
}
