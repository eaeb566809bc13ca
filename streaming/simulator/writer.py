"""A world to disk as it comes: the log, and the truth about its events and accounts."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Final, Literal, Self, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from streaming.simulator.lines import OK
from streaming.simulator.litellm import litellm_lines
from streaming.simulator.requests import NEVER

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from numpy.typing import NDArray

    from streaming.simulator.stage import Stage

Format: TypeAlias = Literal["canonical", "litellm"]

_LEVEL: Final = 1
_LIFECYCLE: Final = "events_lifecycle.jsonl"
_WORD: Final = pa.dictionary(pa.int32(), pa.string())
_PAIRS: Final = np.frombuffer("".join(f"{octet:02x}" for octet in range(256)).encode(), dtype=np.uint16)
"""two hexadecimal digits for each byte"""
_EVENTS: Final = pa.schema(
    [
        ("event_id", pa.string()),
        ("time", pa.timestamp("ms", tz="UTC")),
        ("account_id", _WORD),
        ("label", _WORD),
        ("family", _WORD),
        ("campaign_id", _WORD),
        ("ok", pa.bool_()),
    ]
)


class WorldWriter:
    """Writes `events.jsonl.zst`, `truth_events.parquet` and, when it is closed, `truth_accounts.parquet`.

    In LiteLLM's format, which has no lifecycle records, these go to `events_lifecycle.jsonl`.
    """

    def __init__(self, folder: Path, stage: Stage, log_format: Format = "canonical") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._stage, self._format = folder, stage, log_format
        (folder / _LIFECYCLE).unlink(missing_ok=True)
        self._open = ExitStack()
        file = self._open.enter_context((folder / "events.jsonl.zst").open("wb"))
        self._log = self._open.enter_context(zstandard.ZstdCompressor(level=_LEVEL).stream_writer(file))
        self._truth = pq.ParquetWriter(folder / "truth_events.parquet", _EVENTS, compression="zstd")
        count = len(stage.facts)
        self._events = np.zeros(count, dtype=np.int64)
        self._attacks = np.zeros(count, dtype=np.int64)
        self._first = np.full(count, NEVER)
        self._names = {
            name: pa.array([getattr(role, name) for role in stage.roles], pa.string()).dictionary_encode()
            for name in ("label", "family", "campaign")
        }
        self._accounts = pa.array([facts.account_id for facts in stage.facts])
        self._pooled = np.array([role.pool is not None for role in stage.roles], dtype=np.bool_)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()
        self._truth.close()
        if error is None:
            pq.write_table(self._account_table(), self._folder / "truth_accounts.parquet", compression="zstd")

    def text(self, text: bytes) -> None:
        """Append canonical lines to the log, in the format of the world."""
        if self._format == "litellm":
            text, lifecycle = litellm_lines(text)
            if lifecycle:
                with (self._folder / _LIFECYCLE).open("ab") as file:
                    file.write(lifecycle)
        self._log.write(text)

    def truth(self, rows: NDArray[np.void], ids: tuple[NDArray[np.uint64], NDArray[np.uint64]]) -> None:
        """Append what is true of these rows."""
        account, attack = rows["account"], self._stage.traits["attack"][rows["scene"]]
        count = len(self._events)
        self._events += np.bincount(account, minlength=count)
        self._attacks += np.bincount(account[attack], minlength=count)
        np.minimum.at(self._first, account[attack], rows["time"][attack])
        columns = [
            event_ids(*ids),
            pa.array(rows["time"].astype("datetime64[ms]"), pa.timestamp("ms", tz="UTC")),
            self._ids(account),
            self._labels(account, attack),
            self._named("family", account, attack),
            self._named("campaign", account, attack),
            pa.array(rows["status"] == OK),
        ]
        self._truth.write_table(pa.Table.from_arrays(columns, schema=_EVENTS))

    def _ids(self, account: NDArray[np.int32]) -> pa.Array:
        """Ids of accounts, as words: only those that are there, for each part of the file holds them all."""
        there, code = np.unique(account, return_inverse=True)
        return pa.DictionaryArray.from_arrays(
            pa.array(code.astype(np.int32)), self._accounts.take(pa.array(there))
        )

    def _labels(self, account: NDArray[np.int32], attack: NDArray[np.bool_]) -> pa.Array:
        """An event is of a campaign, of a relay's pool, or honest."""
        code = np.where(attack, 2, np.where(self._pooled[account], 1, 0)).astype(np.int32)
        return pa.DictionaryArray.from_arrays(pa.array(code), pa.array(["benign", "relay", "distillation"]))

    def _named(self, name: str, account: NDArray[np.int32], attack: NDArray[np.bool_]) -> pa.Array:
        encoded = self._names[name]
        codes = np.asarray(encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False))[account]
        hidden = ~attack | (codes < 0)
        return pa.DictionaryArray.from_arrays(
            pa.array(codes.astype(np.int32), mask=hidden), encoded.dictionary
        )

    def _account_table(self) -> pa.Table:
        seen = np.flatnonzero(self._events)
        roles = [self._stage.roles[at] for at in seen]
        hostile = self._attacks[seen] > 0
        label = [
            "distillation" if found else ("relay" if role.pool is not None else "benign")
            for role, found in zip(roles, hostile, strict=True)
        ]
        first = np.where(hostile, self._first[seen], 0).astype("datetime64[ms]")
        return pa.table(
            {
                "account_id": self._accounts.take(pa.array(seen)),
                "label": label,
                "archetype": [role.archetype for role in roles],
                "family": [
                    role.family if found else None for role, found in zip(roles, hostile, strict=True)
                ],
                "campaign_id": [
                    role.campaign if found else None for role, found in zip(roles, hostile, strict=True)
                ],
                "pool": pa.array([role.pool for role in roles], pa.string()),
                "n_events": self._events[seen],
                "n_attack": self._attacks[seen],
                "first_attack_time": pa.array(first, pa.timestamp("ms", tz="UTC"), mask=~hostile),
            }
        )


def event_ids(high: NDArray[np.uint64], low: NDArray[np.uint64]) -> pa.Array:
    """`evt_` and 24 hexadecimal digits: the words as the log writes them."""
    words = np.stack([high, low], axis=1).astype(">u8")
    octets = words.view(np.uint8)[:, :12]
    text = np.empty((len(high), 28), dtype=np.uint8)
    text[:, :4] = np.frombuffer(b"evt_", dtype=np.uint8)
    text[:, 4:] = _PAIRS[octets].view(np.uint8)
    offsets = np.arange(len(high) + 1, dtype=np.int32) * 28
    return pa.StringArray.from_buffers(len(high), pa.py_buffer(offsets), pa.py_buffer(text))
