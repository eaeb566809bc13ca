"""Request rows to JSON lines of the canonical usage event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from streaming.simulator.streams import words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streaming.simulator.facts import Client, Params, Place
    from streaming.simulator.stage import Stage

OK: Final = 200
_ERRORS: Final = {429: "rate_limit_error", 500: "api_error", 503: "overloaded_error", 403: "permission_error"}
_CHARS_A_TOKEN: Final = 3.7
LOGGED_CHARS: Final = 600
"""Characters of an answer that gateways keep."""


class Lines:
    """Writes rows of one stage; keeps the fragments that lines have in common."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._accounts = [
            stage.sources[source].fragment(facts)[1:]
            for facts, source in zip(stage.facts, stage.source_of, strict=True)
        ]
        self._fragments: dict[tuple[int, int, int], str] = {}
        self._written = 0

    def ids(self, count: int) -> list[str]:
        """Event ids of the next `count` rows."""
        number = np.arange(self._written, self._written + count, dtype=np.uint64)
        self._written += count
        high = words(number, self._stage.seed)
        low = words(high, 1)
        return [
            f"evt_{a:016x}{b:08x}"
            for a, b in zip(high.tolist(), (low >> np.uint64(32)).tolist(), strict=True)
        ]

    def write(self, rows: NDArray[np.void], ids: list[str]) -> list[str]:
        """A line for each row, without its end."""
        columns = _Columns(self._stage, rows)
        scenes, accounts, fragment = self._stage.scenes, self._accounts, self._fragment
        lines = []
        for (
            event, time, account, source, scene, params, place, client, item, seed, take, turn, status, tail, limit
        ) in zip(
            ids, columns.times, *columns.references(rows), columns.statuses, columns.tails, columns.kept, strict=True
        ):  # fmt: skip
            played = scenes[scene]
            asked = played.messages(item, seed, take, turn)
            if status == OK:
                answer = _cut(played.answered(item, seed, take, turn), limit)
                said = f',"messages":{asked},"response":"{answer}"}}'
            else:
                said = f',"messages":{asked},"response":null}}'
            lines.append(
                f'{{"event_id":"{event}","time":"{time}Z",{accounts[account]}'
                f"{fragment(source, 0, params)}{fragment(source, 1, place)}{fragment(source, 2, client)}"
                f'{tail},"input_tokens":{int(len(asked) / _CHARS_A_TOKEN)}{said}'
            )
        return lines

    def _fragment(self, source: int, table: int, at: int) -> str:
        found = self._fragments.get((source, table, at))
        if found is None:
            tables: tuple[list[Params] | list[Place] | list[Client], ...] = (
                self._stage.params, self._stage.places, self._stage.clients,
            )  # fmt: skip
            found = self._stage.sources[source].fragment(tables[table][at])
            self._fragments[source, table, at] = found
        return found


class _Columns:
    """What lines say of each row, as columns of text."""

    def __init__(self, stage: Stage, rows: NDArray[np.void]) -> None:
        self._source = np.array(stage.source_of, dtype=np.int32)[rows["account"]]
        traits = stage.traits[rows["scene"]]
        self.statuses = rows["status"].tolist()
        self.times = np.datetime_as_string(rows["time"].astype("datetime64[ms]")).tolist()
        limit = np.array([params.max_tokens or 1 << 30 for params in stage.params], dtype=np.int64)
        output = np.minimum(rows["output"], limit[rows["params"]])
        answered = rows["status"] == OK
        cut = output < rows["output"]
        self.kept = np.minimum(output * 4, LOGGED_CHARS).tolist()
        noise = words(rows["seed"], rows["take"].astype(np.uint64)) / 2.0**64
        ttft = (180 + 900 * noise**3).astype(np.int64)
        latency = np.where(answered, ttft + (output * (4 + 14 * noise)).astype(np.int64), 20 + ttft // 20)
        self.tails = _tails(stage, rows, self._source, answered, cut, output, traits["hidden"], ttft, latency)

    def references(self, rows: NDArray[np.void]) -> tuple[list[int], ...]:
        """Numbers in the stage's tables, and what the texts are made from."""
        names = ("scene", "params", "place", "client", "item", "seed", "take", "turn")
        return (rows["account"].tolist(), self._source.tolist(), *(rows[name].tolist() for name in names))


def _tails(
    stage: Stage,
    rows: NDArray[np.void],
    source: NDArray[np.int32],
    answered: NDArray[np.bool_],
    cut: NDArray[np.bool_],
    output: NDArray[np.int64],
    hidden: NDArray[np.float64],
    ttft: NDArray[np.int64],
    latency: NDArray[np.int64],
) -> list[str]:
    """The part of a line that says how the request went."""
    finish = np.where(answered, np.where(cut, "length", "stop"), "")
    models = np.array(stage.market.models)[rows["model"]]
    shown = {name: _logged(stage, source, name) for name in ("session_id", "end_user_id", "ttft_ms")}
    reasons = np.where(
        answered & _logged(stage, source, "reasoning_tokens"), (output * hidden).astype(np.int64), -1
    )
    spent = np.where(answered, output, 0)
    return [
        f',"model":"{model}","provider":"{stage.market.provider}","operation":"chat","status":{status},"latency_ms":{late}'
        f"{_end(finished, status)}"
        f'{_hex("session_id", session) if with_session else ""}{_hex("end_user_id", user) if with_user and user else ""}'
        f"{_first(first, status) if with_first else ''}"
        f',"output_tokens":{tokens}{_reasoning(reason)}'
        for model, status, late, finished, session, user, first, tokens, reason, with_session, with_user, with_first in zip(
            models.tolist(), rows["status"].tolist(), latency.tolist(), finish.tolist(), rows["session"].tolist(),
            rows["user"].tolist(), ttft.tolist(), spent.tolist(), reasons.tolist(),
            shown["session_id"].tolist(), shown["end_user_id"].tolist(), shown["ttft_ms"].tolist(), strict=True,
        )
    ]  # fmt: skip


def _logged(stage: Stage, source: NDArray[np.int32], name: str) -> NDArray[np.bool_]:
    return np.array([gateway.logs(name) for gateway in stage.sources])[source]


def _hex(name: str, word: int) -> str:
    return f',"{name}":"{word:016x}"'


def _end(finish: str, status: int) -> str:
    if finish:
        return f',"finish_reason":"{finish}"'
    return f',"error_type":"{_ERRORS.get(status, "invalid_request_error")}"'


def _first(ttft: int, status: int) -> str:
    return f',"ttft_ms":{ttft}' if status == OK else ""


def _reasoning(tokens: int) -> str:
    return f',"reasoning_tokens":{tokens}' if tokens >= 0 else ""


def _cut(text: str, limit: int) -> str:
    """At most `limit` escaped characters, never within an escape sequence."""
    if len(text) <= limit:
        return text
    kept = text[:limit]
    at = kept.rfind("\\", limit - 6)
    return kept if at < 0 else kept[:at].rstrip("\\")
